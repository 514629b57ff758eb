"""The peer of `plan-cold`: what a careful afternoon in Python comes to.

Reads every file with PyYAML's C loader, makes the wanted memberships of both tiers, and takes from them what a target
holds (the same set with every twentieth member gone and a stranger in its place). Prints the CPU seconds of reading and
planning: the median of three.
"""
import csv
import os
import sys
import time

import yaml

LOADER = yaml.CSafeLoader
TIERS = ("sandbox", "live")
LISTS = ("admins", "contributors", "readers")


def read(folder):
    tenants = []
    base = os.path.join(folder, "tenants")
    for name in sorted(os.listdir(base)):
        with open(os.path.join(base, name), "rb") as file:
            tenants.append(yaml.load(file.read(), LOADER))
    return tenants


def wanted(tenants, people):
    facts = set()
    for tenant in tenants:
        members = tenant["members"]
        for tier in TIERS:
            group = f"{tenant['name']}-{tier}-readers"
            for role in LISTS:
                for address in members.get(role) or ():
                    person = people.get(address)
                    if person is not None:
                        facts.add((group, person))
    return facts


def held(facts):
    seen = set()
    for number, (group, person) in enumerate(sorted(facts)):
        if number % 40 == 0:
            continue
        seen.add((group, "e-9999999" if number % 40 == 1 else person))
    return seen


def main(folder):
    with open(os.path.join(folder, "people.csv"), newline="", encoding="utf-8") as file:
        people = {row[1]: row[0] for row in csv.reader(file) if len(row) > 2}
    seen = held(wanted(read(folder), people))
    times = []
    for _ in range(3):
        start = time.process_time()
        facts = wanted(read(folder), people)
        adds = sorted(facts - seen)
        removes = sorted(seen - facts)
        times.append(time.process_time() - start)
        assert adds and removes
    print(sorted(times)[1])


main(sys.argv[1])
