#!/usr/bin/python3
"""program.py -- play traces through policyd --replay.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import datetime
import json
import subprocess

from world import GOOGLE

# Key of the configuration: attribute of model.Config.
KEYS = {
    "history.known_after": "known_after",
    "history.settled_after": "settled_after",
    "new_places.countries.day": "countries_day",
    "new_places.places.hour": "places_hour",
    "new_places.places.day": "places_day",
    "new_places.deferrals": "deferrals",
    "new_places.patience": "patience",
    "new_places.tries": "tries",
    "new_places.quota.hour": "quota_hour",
    "new_places.quota.day": "quota_day",
    "new_places.beginner.hour": "beginner_hour",
    "new_places.beginner.day": "beginner_day",
    "bursts.hour.mails": "hour_mails",
    "bursts.hour.factor": "hour_factor",
    "bursts.day.mails": "day_mails",
    "bursts.day.factor": "day_factor",
    "history.decay": "decay",
    "bursts.young.days": "young_days",
    "bursts.young.around": "young_around",
    "bursts.young.hour": "young_hour",
    "bursts.young.day": "young_day",
    "bursts.young.week": "young_week",
    "bursts.young.factor": "young_factor",
    "limits.countries": "countries",
    "limits.networks": "networks",
    "limits.window": "window_s",
    "block.duration": "block_s",
}


def help_of(build):
    try:
        return subprocess.run([build / "policyd", "--help"], text=True,
                              capture_output=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return ""


def can_replay(build):
    return "--replay" in help_of(build)


def can_say(setting):
    """Is there a key for all that is in the setting?"""
    return setting.model.block_unlearns


def nested(pairs):
    """{"a.b": 1} as {"a": {"b": 1}}."""
    tree = {}
    for key, value in pairs:
        *path, last = key.split(".")
        branch = tree
        for name in path:
            branch = branch.setdefault(name, {})
        branch[last] = value
    return tree


def networks_of(directory, asn):
    """The networks of a system in the made-up world."""
    with open(directory / "world.txt", encoding="ascii") as file:
        return [network for network, _, number in map(str.split, file)
                if number == str(asn)]


def pairs_of(model):
    """Keys and values of what the model's configuration says."""
    pairs = []
    for key, attribute in KEYS.items():
        value = getattr(model, attribute)
        pairs.append((key, "unlimited" if value is None else value))
    pairs.append(("block.enabled", model.blocks))
    pairs.append(("mode", "observe" if model.observes else "enforce"))
    pairs.append(("rates.rules", [{"mails": mails, "per": per}
                                  for mails, per in model.rates]))
    return pairs


def configuration_of(model):
    return nested(pairs_of(model))


def configuration(directory, setting):
    """A policyd.yaml: JSON is YAML."""
    pairs = pairs_of(setting.model)
    if setting.country_file:
        pairs.append(("geoip.country", str(directory / "country.mmdb")))
    if setting.asn_file:
        pairs.append(("geoip.asn", str(directory / "asn.mmdb")))
    pairs.append(("providers.file", ""))
    if setting.model.providers:
        pairs.append(("providers.networks", networks_of(directory, GOOGLE)))
    return json.dumps(nested(pairs), indent=1)


def milliseconds(moment):
    """Of a moment as RFC 3339 writes it."""
    moment = datetime.datetime.fromisoformat(moment.replace("Z", "+00:00"))
    return round(moment.timestamp() * 1000)


def replay(build, traces, setting):
    """What --replay --json prints, times in milliseconds."""
    directory = traces.directory.resolve()
    judged_from = traces.about["judged_from"]
    path = directory / f"{setting.name.replace(' ', '-').replace('/', '-')}" \
        ".yaml"
    path.write_text(configuration(directory, setting))
    day = datetime.datetime.fromtimestamp(judged_from / 1000,
                                          datetime.timezone.utc)
    command = [build / "policyd", "-c", path, "--replay", "--json",
               "--judge-from", day.date().isoformat()]
    # Three days are the longest window of a limit; a history needs all.
    logs = traces.logs if setting.learns else traces.logs[-33:]
    run = subprocess.run(command + logs, text=True, capture_output=True,
                         check=False)
    if run.returncode != 0:
        raise RuntimeError(f"{setting.name}: {run.stderr}")
    results = []
    for line in run.stdout.splitlines():
        result = json.loads(line)
        for event in ("first_deferred", "blocked"):
            if result[event]:
                result[event]["at"] = milliseconds(result[event]["at"])
        results.append(result)
    return results
