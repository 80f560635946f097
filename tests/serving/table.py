# table.py -- The table of docs/serving.md, of what tests/serving/run found.
#
# SPDX-License-Identifier: Apache-2.0
TITLES = {"leak": "Leaks", "runtime heap": "Leaks", "clean": "Programs without a leak",
          "no-work": "Loads that do nothing"}


def runtime_of(row):
    return {"flask": "Python", "starlette": "Python", "java": "Java"}.get(
        row["case"]["app"], f"Node {row['node']}")


def write(rows):
    parts = []
    for title in dict.fromkeys(TITLES.values()):
        chosen = [row for row in rows if TITLES[row["case"]["answer"]] == title]
        if not chosen:
            continue
        right = sum(row["state"] == "right" for row in chosen)
        parts.append(f"{title}: {right} of {len(chosen)} right\n\n"
                     "| app | case | command | runtime | answer | s |\n"
                     "| --- | --- | --- | --- | --- | --- |\n")
        for row in chosen:
            case = row["case"]
            mark = "" if row["state"] == "right" else f"**{row['state'].lower()}**: "
            answer = row["answer"].replace("|", "/").replace("\n", " ")
            parts.append(f"| {case['app']} | {case['name']} | `{case['command']}` |"
                         f" {runtime_of(row)} | {mark}{answer} | {row['seconds']:.0f} |\n")
        parts.append("\n")
    return "".join(parts)
