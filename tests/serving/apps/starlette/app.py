# app.py -- A service on Starlette that keeps the bytes of each picture.
#
# SPDX-License-Identifier: Apache-2.0
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

kept = []


def draw_picture(number):
    picture = bytearray(16000)  # LEAK
    picture[0] = number % 256
    kept.append(picture)
    return picture


async def picture_of(request):
    picture = draw_picture(int(request.path_params["number"]))
    return PlainTextResponse(str(len(picture)))


async def nothing(request):
    return PlainTextResponse(request.path_params["number"])


app = Starlette(
    routes=[Route("/picture/{number}", picture_of), Route("/nothing/{number}", nothing)]
)
