"""The peers of `policy-decision`: regorus (Rego) and Cedar, through their Python packages.

Reads policies and questions that the benchmark wrote, decides every question, and prints the median of microseconds a
decision and the names of the policies that deny each. Policies, inputs and entities are read before the clock starts, as
far as the engine's package lets them be.
"""
import json
import os
import statistics
import sys
import time


def rego(folder, questions):
    import regorus

    engine = regorus.Engine()
    engine.add_policy_from_file(os.path.join(folder, "policies.rego"))
    times, answers = [], []
    for turn in range(2):
        for question in questions:
            engine.set_input_json(json.dumps(question))
            start = time.perf_counter_ns()
            denials = engine.eval_rule("data.tenure.deny")
            times.append(time.perf_counter_ns() - start)
            if turn == 1:
                answers.append(sorted(denials))
    return statistics.median(times[len(questions):]) / 1e3, answers


def cedar(folder, questions):
    import cedarpy

    with open(os.path.join(folder, "policies.cedar"), encoding="utf-8") as file:
        text = file.read()
    policies, names = cedarpy.PolicySet.from_str(text), policy_names(text)
    entities, requests = [], []
    for number, question in enumerate(questions):
        for kind, attributes in (("User", question["subject"]), ("Group", question["group"])):
            entities.append({"uid": {"__entity": {"type": kind, "id": str(number)}}, "attrs": attributes, "parents": []})
        requests.append({
            "principal": f'User::"{number}"', "action": 'Action::"request"', "resource": f'Group::"{number}"',
            "context": {}})
    known = cedarpy.Entities.from_json_str(json.dumps(entities))
    times, answers = [], []
    for turn in range(2):
        for request in requests:
            start = time.perf_counter_ns()
            result = cedarpy.is_authorized(request, policies, known)
            times.append(time.perf_counter_ns() - start)
            if turn == 1:
                reasons = [] if result.allowed else result.diagnostics.reasons
                answers.append(sorted(names.get(reason, reason) for reason in reasons))
    return statistics.median(times[len(requests):]) / 1e3, answers


def policy_names(policies):
    """Cedar calls policies by their order; the names stand beside them."""
    names = {}
    for number, line in enumerate(line for line in policies.splitlines() if line):
        if line.startswith("@id("):
            names[f"policy{number}"] = line.split('"')[1]
    return names


def main():
    engine, folder = sys.argv[1:3]
    with open(os.path.join(folder, "questions.json"), encoding="utf-8") as file:
        questions = json.load(file)
    p50, answers = {"regorus": rego, "cedar": cedar}[engine](folder, questions)
    json.dump({"p50_us": p50, "answers": answers}, sys.stdout)


main()
