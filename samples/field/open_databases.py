# open_databases.py -- A database in memory for each report; none is closed.
#
# SQLite allocates it in dozens of places; one function of the program asks for them. Five
# snapshots.
#
# expect: kind=leak site1=open_database file=open_databases.py
# expect: also=render_burst not=render_burst gate=exceeded
# twin: clean
# expect-clean: kind=none|retention gate=passed
#
# SPDX-License-Identifier: Apache-2.0
import sqlite3
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "common"))
import flight  # noqa: E402
import noise  # noqa: E402

REPORTS = 20

databases = []
total = 0


def open_database(number):
    database = sqlite3.connect(":memory:")
    database.execute("CREATE TABLE row (number INTEGER PRIMARY KEY, text TEXT)")
    rows = ((f"row {i}",) for i in range(number))
    database.executemany("INSERT INTO row (text) VALUES (?)", rows)
    return database


def serve(step):
    global total
    for number in range(REPORTS):
        database = open_database(100)
        total += database.execute("SELECT count(*) FROM row").fetchone()[0]
        if flight.is_clean:
            database.close()
        else:
            databases.append(database)
        noise.work(20)


flight.series(5, serve)
print(len(databases), "databases,", total, "rows,", noise.digest())
