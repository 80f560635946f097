# app.py -- A service on Flask: one route keeps what it made, one has a cache with a limit.
#
# SPDX-License-Identifier: Apache-2.0
import functools

from flask import Flask

app = Flask(__name__)
results = {}


def remember_result(number):
    rows = [{"number": number, "row": row} for row in range(60)]  # LEAK
    results[len(results)] = rows  # LEAK
    return rows


@functools.lru_cache(maxsize=500)
def price_of(number):
    return {"number": number, "prices": list(range(number % 7, 400))}


@app.get("/query/<int:number>")
def query(number):
    return {"rows": len(remember_result(number))}


@app.get("/price/<int:number>")
def price(number):
    return {"prices": len(price_of(number)["prices"])}
