"""Checks recorded requests against the vendor's own models, as botocore carries them: the operation, the members of its
input, required ones, types, lengths, ranges, patterns, enumerations. Prints what is wrong; exits 1 if anything is.

usage: validate_requests.py RECORD
"""

import gzip
import json
import os
import re
import sys
import unicodedata
from functools import lru_cache
from urllib.parse import parse_qsl

import botocore

DATA = os.path.join(os.path.dirname(botocore.__file__), "data")
MODELS = {
    "identitystore": "identitystore/2020-06-15", "sso": "sso-admin/2020-07-20", "iam": "iam/2010-05-08",
    "sts": "sts/2011-06-15", "secretsmanager": "secretsmanager/2017-10-17",
}


@lru_cache(None)
def model(service):
    with gzip.open(os.path.join(DATA, MODELS[service], "service-2.json.gz")) as file:
        return json.load(file)


@lru_cache(None)
def category(name):
    ranges, start, last = [], None, None
    for code in range(sys.maxunicode + 1):
        if unicodedata.category(chr(code)).startswith(name):
            start = code if start is None else start
            last = code
        elif start is not None:
            ranges.append((start, last))
            start = None
    if start is not None:
        ranges.append((start, last))
    return "".join(f"\\U{a:08x}-\\U{b:08x}" if a != b else f"\\U{a:08x}" for a, b in ranges)


@lru_cache(None)
def pattern(text):
    text = re.sub(r"\\p\{(\w+)\}", lambda match: "\\p{%s}" % match[1], text)
    inside = re.sub(
        r"\[[^\]]*\]", lambda m: re.sub(r"\\p\{(\w+)\}", lambda n: category(n[1]), m[0]), text)
    return re.compile(re.sub(r"\\p\{(\w+)\}", lambda n: "[" + category(n[1]) + "]", inside))


def check(shapes, name, value, path, found):
    shape = shapes[name]
    kind = shape["type"]
    if shape.get("document"):
        return
    if kind == "structure":
        if not isinstance(value, dict):
            return found.append(f"{path}: not a structure")
        for member in shape.get("required", []):
            if member not in value:
                found.append(f"{path}: `{member}` is missing")
        if shape.get("union") and len(value) != 1:
            found.append(f"{path}: a union with {len(value)} members")
        for member, inner in value.items():
            if member not in shape["members"]:
                found.append(f"{path}: `{member}` is not known")
            else:
                check(shapes, shape["members"][member]["shape"], inner, f"{path}.{member}", found)
    elif kind == "list":
        if not isinstance(value, list):
            return found.append(f"{path}: not a list")
        size(shape, len(value), path, found)
        for index, inner in enumerate(value):
            check(shapes, shape["member"]["shape"], inner, f"{path}[{index}]", found)
    elif kind == "map":
        for key, inner in value.items():
            check(shapes, shape["key"]["shape"], key, f"{path}.key", found)
            check(shapes, shape["value"]["shape"], inner, f"{path}.{key}", found)
    elif kind == "string":
        if not isinstance(value, str):
            return found.append(f"{path}: not a text")
        size(shape, len(value), path, found)
        if "enum" in shape and value not in shape["enum"]:
            found.append(f"{path}: `{value}` is none of {shape['enum']}")
        if "pattern" in shape and not pattern(shape["pattern"]).fullmatch(value):
            found.append(f"{path}: `{value}` does not match {shape['pattern']}")
    elif kind in ("integer", "long"):
        if isinstance(value, bool) or not isinstance(value, int):
            return found.append(f"{path}: not a whole number")
        if not shape.get("min", value) <= value <= shape.get("max", value):
            found.append(f"{path}: {value} is out of range")
    elif kind == "boolean":
        if not isinstance(value, bool):
            found.append(f"{path}: not a boolean")
    else:
        found.append(f"{path}: a {kind} is not checked")


def size(shape, count, path, found):
    if not shape.get("min", count) <= count <= shape.get("max", count):
        found.append(f"{path}: length {count} is not within {shape.get('min')}...{shape.get('max')}")


def form(shapes, name, fields, path, found):
    """The structure that a form's fields stand for."""
    shape = shapes[name]
    kind = shape["type"]
    if kind == "structure":
        value = {}
        heads = {key.split(".")[0] for key in fields}
        for head in heads:
            if head not in shape["members"]:
                found.append(f"{path}: `{head}` is not known")
                continue
            inner = {key[len(head) + 1:]: text for key, text in fields.items() if key.split(".")[0] == head}
            value[head] = form(shapes, shape["members"][head]["shape"], inner, f"{path}.{head}", found)
        return value
    if kind == "list":
        numbers = sorted({int(key.split(".")[1]) for key in fields if key.startswith("member.")})
        if numbers != list(range(1, len(numbers) + 1)) or any(not key.startswith("member.") for key in fields):
            found.append(f"{path}: the list's members are not numbered from 1")
        return [
            form(shapes, shape["member"]["shape"],
                 {".".join(k.split(".")[2:]): v for k, v in fields.items() if k.split(".")[1] == str(n)}, path, found)
            for n in numbers
        ]
    text = fields.get("", "")
    if kind in ("integer", "long"):
        return int(text) if re.fullmatch(r"-?\d+", text) else text
    if kind == "boolean":
        return {"true": True, "false": False}.get(text, text)
    return text


def validate(request, found):
    scope = request["authorization"].split("/")
    target = request["target"]
    if target:
        prefix, operation = target.split(".")
        service = next((s for s in MODELS if model(s)["metadata"].get("targetPrefix") == prefix), None)
    else:
        fields = dict(parse_qsl(request["body"], keep_blank_values=True, strict_parsing=True))
        operation = fields.pop("Action", None)
        version = fields.pop("Version", None)
        service = next(
            (s for s in MODELS if model(s)["metadata"]["apiVersion"] == version and operation in model(s)["operations"]),
            None)
    if service is None or operation not in model(service)["operations"]:
        return found.append(f"{target or operation}: no such operation")
    metadata, shapes = model(service)["metadata"], model(service)["shapes"]
    if len(scope) == 5 and scope[3] != (metadata.get("signingName") or metadata["endpointPrefix"]):
        found.append(f"{operation}: signed for `{scope[3]}`")
    if request["method"] != "POST" or request["path"] != "/":
        found.append(f"{operation}: {request['method']} {request['path']}")
    if target and request["type"] != f"application/x-amz-json-{metadata['jsonVersion']}":
        found.append(f"{operation}: content type {request['type']}")
    shape = model(service)["operations"][operation].get("input", {}).get("shape")
    if shape is None:
        return operation
    value = json.loads(request["body"]) if target else form(shapes, shape, fields, operation, found)
    check(shapes, shape, value, f"{service}:{operation}", found)
    return f"{service}:{operation}"


def main():
    found, seen = [], {}
    with open(sys.argv[1], encoding="utf-8") as file:
        for line in file:
            name = validate(json.loads(line), found)
            seen[name] = seen.get(name, 0) + 1
    for problem in sorted(set(found)):
        print(f"wrong: {problem}")
    for name, count in sorted(seen.items(), key=lambda entry: str(entry[0])):
        print(f"{name} {count}")
    sys.exit(1 if found else 0)


main()
