"""Renew bytes, hash and number of rows of each file in ``data/datapackage.json``. Nothing else is touched."""

from __future__ import annotations

import json

from ecosystems.tables import folder, measure

if __name__ == "__main__":
    descriptor = folder() / "datapackage.json"
    before = descriptor.read_text("utf-8")
    package = json.loads(before)
    for resource in package["resources"]:
        resource.update(measure(folder() / resource["path"]))
    after = json.dumps(package, indent=1, ensure_ascii=False) + "\n"
    if after != before:
        descriptor.write_text(after, "utf-8")
    print("datapackage.json", "renewed" if after != before else "already says so")
