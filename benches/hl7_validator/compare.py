"""Prints how long two validators took, and where their verdicts differ."""

import json
import os
import re
import sys


def theirs(path):
    """First error, or None, by file; the HL7 validator writes a Bundle of OperationOutcomes, or just one."""
    written = json.load(open(path))
    outcomes = [entry["resource"] for entry in written.get("entry", [])] or [written]
    found = {}
    for outcome in outcomes:
        name = next(e["valueString"] for e in outcome["extension"] if e["url"].endswith("operationoutcome-file"))
        errors = [issue for issue in outcome["issue"] if issue["severity"] in ("error", "fatal")]
        found[os.path.basename(name)] = (
            errors and f"{errors[0].get('expression', ['?'])[0]}: {errors[0]['details']['text']}" or None
        )
    return found


def ours(path):
    """First error, or None, by file."""
    found = {}
    for result in json.load(open(path))["results"]:
        errors = [issue for issue in result["issues"] if issue["severity"] == "error"]
        found[os.path.basename(result["file"])] = (
            errors and f"{errors[0]['expression']}: {errors[0]['message']} ({errors[0]['rule']})" or None
        )
    return found


def validation_seconds(log):
    """What their log says validating took, without loading."""
    minutes, seconds = re.findall(r"validation: (\d+):([\d.]+)", open(log).read())[-1]
    return int(minutes) * 60 + float(seconds)


def main(work, their_cold, their_warm, our_cold, our_warm):
    their_verdicts, our_verdicts = theirs(f"{work}/theirs.json"), ours(f"{work}/ours.json")
    both = sorted(set(their_verdicts) & set(our_verdicts))
    print(f"{len(both)} files; {len(our_verdicts)} validated here, {len(their_verdicts)} there")
    print(f"{'':34}{'HL7':>10}{'here':>10}{'ratio':>8}")
    warm = validation_seconds(f"{work}/theirs.log")
    our_alone = max(float(our_warm) - float(our_cold), 0.001)
    for what, one, other in [
        ("one file, from a cold start, s", float(their_cold), float(our_cold)),
        ("all files, one process, s", float(their_warm), float(our_warm)),
        ("all files, without loading, s", warm, our_alone),
    ]:
        print(f"{what:34}{one:10.2f}{other:10.2f}{one / other:8.0f}")
    differing = [name for name in both if bool(their_verdicts[name]) != bool(our_verdicts[name])]
    invalid = sum(1 for name in both if their_verdicts[name] and our_verdicts[name])
    print(f"\nthe same verdict: {len(both) - len(differing)}, of these invalid: {invalid}; different: {len(differing)}")
    for name in differing:
        print(f"\n{name}\n  HL7:  {their_verdicts[name] or 'valid'}\n  here: {our_verdicts[name] or 'valid'}")


main(*sys.argv[1:])
