# cases.py -- What is tried: an app, the way to start it, a load, and the truth about it.
#
# SPDX-License-Identifier: Apache-2.0
"""Commands are typed in the app's own folder. $PORT is the server's port, $OTHER another one,
$LOAD starts load.mjs, $SOCKETS load_sockets.mjs. Lines of an app that name its leak have LEAK."""
import re
from dataclasses import dataclass


@dataclass
class Case:
    name: str
    app: str
    command: str
    load: str
    culprit: tuple = ()  # (function, file); () for what is clean or did no work
    answer: str = "leak"  # leak, runtime heap, clean, no-work
    says: str = ""  # a resource that grows, or words of the verdict on a runtime heap
    node: str = ""  # another release than the machine's
    build: str = ""  # once, before the first start
    options: tuple = ()  # of heapdiff run
    quick: bool = False  # tried by every test run: needs no more than "dependencies"

    def folder_name(self):
        text = f"{self.node or 'own'} {self.app} {self.name} {self.command}"
        return re.sub(r"[^a-z0-9]+", "-", text.lower())[:100]


SESSIONS = ("createSession", "sessions.js")
UPLOADS = ("rememberUpload", "uploads.js")
TRACES = ("traceRequest", "context.js")
LOGIN = "$LOAD $PORT 4000 /login/user#"
PHOTOS = "$LOAD $PORT 2000 /photo/# 8 16000"
ORDERS = "$LOAD $PORT 4000 /orders/#"
PRICES = "$LOAD $PORT 6000 /price/#"
NEST = "npx tsc"
# Next copies what the server runs, without the maps.
NEXT = "npx next build && cp -r .next/server .next/standalone/apps/next/.next/"
STANDALONE = "HOSTNAME=127.0.0.1 node .next/standalone/apps/next/server.js"
BUNDLE = "npm run build"
GUNICORN = "gunicorn -w 2 -b 127.0.0.1:$PORT app:app"
JAR = ("mkdir -p classes && javac -g -d classes Gallery.java && printf 'Main-Class: Gallery\\n' >m"
       " && jar cfm gallery.jar m -C classes .")

NODE_CASES = [
    Case("sessions, node", "express", "node server.js", LOGIN, SESSIONS),
    Case("sessions, npm start", "express", "npm start", LOGIN, SESSIONS, quick=True),
    Case("uploads, node", "express", "node server.js", PHOTOS, UPLOADS),
    Case("uploads, sh", "express", "sh start.sh", PHOTOS, UPLOADS),
    Case("contexts, npm start", "express", "npm start", ORDERS, TRACES),
    Case("sessions, cluster", "express", "node cluster.js", LOGIN, SESSIONS),
    Case("uploads, pm2-runtime", "express", "npx pm2-runtime start ecosystem.config.js", PHOTOS,
         UPLOADS),
    Case("sessions, pm2 start", "express", "npx pm2 start server.js", LOGIN, SESSIONS),
    Case("contexts, nodemon", "express", "npx nodemon server.js", ORDERS, TRACES),
    Case("contexts, node --watch", "fastify", "node --watch server.mjs",
         "$LOAD $PORT 5000 /user/#", ("record", "audit.mjs")),
    Case("contexts, npm run dev", "fastify", "npm run dev", "$LOAD $PORT 5000 /user/#",
         ("record", "audit.mjs")),
    Case("rows, npm start", "nest", "npm start", "$LOAD $PORT 3000 /report/d#",
         ("query", "report.service.ts"), build=NEST),
    Case("rows, npm run that runs npm", "nest", "npm run start:prod",
         "$LOAD $PORT 3000 /report/d#", ("query", "report.service.ts"), build=NEST),
    Case("rows, standalone server", "next", STANDALONE,
         "$LOAD $PORT 2000 '/api/search?q=#'", ("rememberAnswer", "answers.ts"), build=NEXT),
    Case("rows, next start", "next", "npx next start -H 127.0.0.1",
         "$LOAD $PORT 2000 '/api/search?q=#'", ("rememberAnswer", "answers.ts"), build=NEXT),
    Case("thumbnails, npx tsx", "tsx", "npx tsx src/server.ts", "$LOAD $PORT 2000 /image#",
         ("render", "thumbs.ts"), quick=True),
    Case("thumbnails, npm run dev", "tsx", "npm run dev", "$LOAD $PORT 2000 /image#",
         ("render", "thumbs.ts")),
    Case("thumbnails, tsx watch", "tsx", "npm run watch", "$LOAD $PORT 2000 /image#",
         ("render", "thumbs.ts")),
    Case("listeners, minified bundle", "bundle", "npm start", "$LOAD $PORT 5000 /quote/#",
         ("subscribe", "prices.ts"), build=BUNDLE, quick=True),
    Case("statements, node", "sqlite", "node server.js", "$LOAD $PORT 4000 /item/#",
         ("cachedStatement", "server.js")),
    Case("messages, node", "chat", "node server.js", "$SOCKETS chat $PORT 100 20",
         ("hear", "server.js")),
    Case("presence, node", "rooms", "node server.mjs", "$SOCKETS rooms $PORT 200 20",
         ("enterRoom", "server.mjs")),
    Case("frames in threads, node", "pool", "node server.js", "$LOAD $PORT 3000 /frame/#",
         ("renderFrame", "worker.js")),
    Case("timers, cluster", "plain", "node cluster.js", "$LOAD $PORT 8000 /poll/#",
         ("startPolling", "timers.js"), says="timers"),
    Case("timers, node", "plain", "node server.js", "$LOAD $PORT 8000 /poll/#",
         ("startPolling", "timers.js"), says="timers", quick=True),
    Case("Workers, node", "plain", "node server.js", "$LOAD $PORT 10 /job/# 2",
         ("runJob", "jobs.js"), says="workers"),
    Case("streams, node", "plain", "node server.js", "$LOAD $PORT 300 /report/#",
         ("openReport", "streams.js")),
    Case("sockets, node", "plain", "node server.js", "$LOAD $PORT 300 /ask/#",
         ("askUpstream", "upstream.js"), says="sockets"),
    Case("compressors, node", "plain", "node server.js", "$LOAD $PORT 100 /archive/#",
         ("compress", "archive.js")),
    Case("contexts, pm2-runtime", "koa", "npx pm2-runtime server.js", "$LOAD $PORT 4000 /page/#",
         ("keepContext", "server.js")),
    Case("contexts, npx", "koa", "npx node server.js", "$LOAD $PORT 4000 /page/#",
         ("keepContext", "server.js")),
]

# The same programs on other releases of Node.
for release in ("node22", "node24", "node26"):
    for name, app, command, load, culprit, says in (
            ("sessions, node", "express", "node server.js", LOGIN, SESSIONS, ""),
            ("uploads, node", "express", "node server.js", PHOTOS, UPLOADS, ""),
            ("contexts, node --watch", "fastify", "node --watch server.mjs",
             "$LOAD $PORT 5000 /user/#", ("record", "audit.mjs"), ""),
            ("timers, cluster", "plain", "node cluster.js", "$LOAD $PORT 8000 /poll/#",
             ("startPolling", "timers.js"), "timers"),
            ("frames in threads, node", "pool", "node server.js", "$LOAD $PORT 3000 /frame/#",
             ("renderFrame", "worker.js"), ""),
            ("thumbnails, npx tsx", "tsx", "npx tsx src/server.ts", "$LOAD $PORT 2000 /image#",
             ("render", "thumbs.ts"), "")):
        NODE_CASES.append(Case(name, app, command, load, culprit, says=says, node=release))

OTHER_CASES = [
    Case("rows, gunicorn", "flask", GUNICORN, "$LOAD $PORT 2000 /query/#",
         ("remember_result", "app.py")),
    Case("rows, gunicorn with threads", "flask",
         "gunicorn -w 1 --threads 4 -b 127.0.0.1:$PORT app:app", "$LOAD $PORT 2000 /query/#",
         ("remember_result", "app.py")),
    Case("pictures, uvicorn", "starlette", "uvicorn --log-level error --port $PORT app:app",
         "$LOAD $PORT 2000 /picture/#", ("draw_picture", "app.py")),
    Case("pictures, uvicorn with workers", "starlette",
         "uvicorn --log-level error --workers 2 --port $PORT app:app",
         "$LOAD $PORT 2000 /picture/#", ("draw_picture", "app.py")),
    Case("direct buffers, java -jar", "java", "java -jar gallery.jar",
         "$LOAD $PORT 2000 /picture/#", ("keepPicture", ""), build=JAR),
    Case("objects, java -jar", "java", "java -jar gallery.jar", "$LOAD $PORT 2000 /view/#",
         answer="runtime heap", says="Java", build=JAR),
]

CLEAN_CASES = [
    Case("cache with a limit", "express", "npm start", PRICES, answer="clean", quick=True),
    Case("cache with a limit, cluster", "express", "node cluster.js", PRICES, answer="clean"),
    Case("cache with a limit", "express", "node server.js", PRICES, answer="clean", node="node24"),
    Case("warm-up", "fastify", "node server.mjs", "$LOAD $PORT 6000 /clean/#", answer="clean"),
    Case("live load", "plain", "node server.js", "$LOAD $PORT 1500 /slow/# 30", answer="clean"),
    Case("one statement", "sqlite", "node server.js", "$LOAD $PORT 6000 /clean/#",
         answer="clean"),
    Case("pages", "next", STANDALONE, "$LOAD $PORT 1500 /", answer="clean",
         build=NEXT),
    Case("cache with a limit, gunicorn", "flask", "gunicorn -w 2 -b 127.0.0.1:$PORT app:app",
         "$LOAD $PORT 3000 /price/#", answer="clean"),
    Case("nothing kept, uvicorn", "starlette",
         "uvicorn --log-level error --port $PORT app:app", "$LOAD $PORT 3000 /nothing/#",
         answer="clean"),
    Case("nothing kept, java -jar", "java", "java -jar gallery.jar",
         "$LOAD $PORT 4000 /nothing/#", answer="clean", build=JAR),
]

IDLE_CASES = [
    Case("load on another port", "express", "npm start", "$LOAD $OTHER 9 /a 2>&1 || true",
         answer="no-work"),
    Case("load that fails", "express", "npm start", "exit 1", answer="no-work"),
    Case("load that is not there", "express", "npm start", "no-such-load", answer="no-work"),
    Case("only errors (404)", "express", "npm start", "$LOAD $PORT 500 /nowhere/#",
         answer="no-work", quick=True),
    Case("only errors (500)", "express", "npm start", "$LOAD $PORT 500 /broken",
         answer="no-work"),
    Case("another port than the server's", "express", "PORT=$OTHER npm start", LOGIN,
         answer="no-work"),
    Case("only errors, gunicorn", "flask", "gunicorn -w 2 -b 127.0.0.1:$PORT app:app",
         "$LOAD $PORT 500 /nowhere", answer="no-work"),
]

ALL = NODE_CASES + OTHER_CASES + CLEAN_CASES + IDLE_CASES
