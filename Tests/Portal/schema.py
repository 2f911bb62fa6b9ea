#!/usr/bin/env python3
"""The interface for programs against its own description (Schemathesis, PyPI): no server error, no answer that the
OpenAPI file does not tell of. Closes with: N passed, N failed, N skipped.
"""

import json
import os
import shutil
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from cases import OWN, World, quoted  # noqa: E402
from portal import Client, check, counts, places, run_parts  # noqa: E402

# A stream has no end, and the wall's is told of elsewhere.
ENDLESS = ("/api/v1/events", "/dock/events")


def described():
    if not shutil.which("schemathesis"):
        counts["skipped"] += 1
        print("SKIP  the interface against its description: no Schemathesis here")
        return
    with places() as place:
        world = World(place)
        world.run("user", "change", "J001", "--role", "judge", "--role", "supervisor", "--court", "闽0602")
        code, out, errors = world.run("user", "token", "J001", "--name", "schema", "--days", "1",
                                      *[word for scope in ("verify", "records", "footage", "figures") for word in ("--scope", scope)])
        check("a token for all of it", code == 0, errors)
        document = json.loads(Client(world.site.address).ask("GET", "/api/openapi.json")[1])
        for path in ENDLESS:
            del document["paths"][path]
        # Things that are there: else nearly every answer would be that nothing is.
        parameters = document["components"]["parameters"]
        for name, values in (("Case", [quoted(OWN), OWN]), ("Item", [world.items[OWN], world.items[None]])):
            parameters[name]["schema"] = {"anyOf": [{"enum": values}, {"type": "string", "minLength": 1}]}
        with open(place("openapi.json"), "w") as file:
            json.dump(document, file)
        done = subprocess.run(
            ["schemathesis", "run", place("openapi.json"), "--url", world.site.address, "-H", "Authorization: Bearer " + out.strip(),
             "--checks", "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance",
             "--max-examples", "40", "--seed", "1", "--phases", "examples,coverage,fuzzing"],
            capture_output=True, text=True, cwd=place.path)
        check("every answer is one that is told of", done.returncode == 0, done.stdout[-6000:])
        print("      " + " ".join(line for line in done.stdout.splitlines() if "cases" in line or "generated" in line)[-300:])


if __name__ == "__main__":
    sys.exit(run_parts(described))
