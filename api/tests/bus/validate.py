"""Reads the whole bus and holds every message against the schemas: python validate.py SCHEMAS [leave-out|spoil]

Prints what it found as JSON. It knows nothing of the product but what it publishes: the stream's metadata, schemas/asyncapi.json
and schemas/events."""
import asyncio, json, os, pathlib, sys
import fastjsonschema
import nats
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy

SCHEMAS = pathlib.Path(sys.argv[1])
PLANTED = sys.argv[2] if len(sys.argv) > 2 else None
NEEDED = ["Omoi-Position", "Omoi-Event-Id", "Omoi-Stream", "Omoi-Sequence", "Omoi-Type", "Omoi-Schema", "Omoi-Org"]


class Payloads:
    """The schema of each type and version, compiled when it is first needed."""

    def __init__(self):
        self.compiled = {}

    def faults(self, event):
        name = f"{event['type']}.v{event['version']}"
        if name not in self.compiled:
            path = SCHEMAS / "events" / f"{name}.json"
            if not path.exists():
                return [f"{name} has no schema"]
            self.compiled[name] = fastjsonschema.compile(as_draft_7(json.loads(path.read_text())))
        try:
            self.compiled[name]({"$type": event["type"], **event["payload"]})
        except fastjsonschema.JsonSchemaException as fault:
            return [f"{event['position']} {name}: {fault}"]
        return []


def as_draft_7(schema):
    """The same in the words of draft 7: what the generated schemas use differs in the place of definitions only."""
    text = json.dumps(schema).replace('"$defs"', '"definitions"').replace("#/$defs/", "#/definitions/")
    schema = json.loads(text)
    schema["$schema"] = "http://json-schema.org/draft-07/schema#"
    return schema


def faults_of(message, event, base):
    headers = message.headers or {}
    faults = [f"{event.get('position')}: no header {name}" for name in NEEDED if name not in headers]
    if faults:
        return faults
    said = {
        "Omoi-Position": event["position"],
        "Omoi-Event-Id": event["id"],
        "Omoi-Stream": f"{event['aggregate_type']}/{event['aggregate_id']}",
        "Omoi-Sequence": event["sequence"],
        "Omoi-Type": event["type"],
        "Omoi-Org": event["org_id"],
    }
    faults = [f"{event['position']}: {name} says {headers[name]}" for name, value in said.items() if headers[name] != str(value)]
    if message.metadata.sequence.stream + base != event["position"]:
        faults.append(f"{event['position']} stands at sequence {message.metadata.sequence.stream}, base {base}")
    return faults


async def main():
    client = await nats.connect(os.environ["NATS_URL"])
    bus = client.jetstream()
    info = await bus.stream_info("OMOI_1")
    base, left = int(info.config.metadata["omoi-base"]), info.state.messages
    config = ConsumerConfig(deliver_policy=DeliverPolicy.ALL, ack_policy=AckPolicy.NONE)
    events, batch = await bus.pull_subscribe("omoi.v1.>", stream="OMOI_1", config=config), []
    payloads, seen, faults, number, spoiled = Payloads(), set(), [], 0, False
    while number < left:
        batch = batch or await events.fetch(500, timeout=10)
        message = batch.pop(0)
        number += 1
        event = json.loads(message.data)
        if PLANTED == "leave-out" and number == left // 2:
            continue
        # What is created has a name or a title; some other events have no field that could be missing.
        if PLANTED == "spoil" and not spoiled and event["type"].endswith(".created"):
            event["payload"], spoiled = {"no": "such field"}, True
        faults += faults_of(message, event, base)
        if "Omoi-Raw" not in message.headers:
            faults += payloads.faults(event)
        if event["position"] in seen:
            faults.append(f"{event['position']} came twice")
        seen.add(event["position"])
    first, last = min(seen), max(seen)
    missing = [position for position in range(first, last + 1) if position not in seen]
    print(json.dumps({"messages": number, "first": first, "last": last, "missing": missing[:100], "faults": faults[:100]}))
    await client.close()


asyncio.run(main())
