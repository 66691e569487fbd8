"""The key in another language: reads test vectors, prints their keys. docs/flag-caching.md shows this function."""

import hashlib
import json
import sys


def flags_key(flags, only=None):
    names = sorted(set(flags if only is None else only), key=lambda name: name.encode("utf-16-be"))
    missing = {"enabled": False, "value": None}
    rows = [[name, flags.get(name, missing)["enabled"], flags.get(name, missing)["value"]] for name in names]
    text = json.dumps(rows, ensure_ascii=False, separators=(",", ":"))
    return "1." + hashlib.sha256(text.encode()).hexdigest()[:32]


for vector in json.load(sys.stdin):
    print(flags_key(vector["flags"], vector.get("only")))
