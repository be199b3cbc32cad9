"""Counts what happens in OmoiOS, by type. Stop it whenever you like: it goes on where it was.

pip install nats-py; NATS_URL=nats://reader:...@127.0.0.1:... python analytics.py   (`omoi up` prints the URL)"""
import asyncio, json, os, pathlib
import nats
from nats.js.api import ConsumerConfig, DeliverPolicy

STATE = pathlib.Path(os.environ.get("STATE", "counts.json"))

async def main():
    state = json.loads(STATE.read_text()) if STATE.exists() else {"position": 0, "counts": {}}
    bus = (await nats.connect(os.environ["NATS_URL"])).jetstream()
    base = int((await bus.stream_info("OMOI_1")).config.metadata["omoi-base"])
    start = ConsumerConfig(deliver_policy=DeliverPolicy.BY_START_SEQUENCE,
                           opt_start_seq=max(1, state["position"] + 1 - base))
    events = await bus.subscribe("omoi.v1.>", stream="OMOI_1", config=start, ordered_consumer=True)
    async for message in events.messages:
        event = json.loads(message.data)
        if event["position"] <= state["position"]:
            continue  # the bus was filled again: we have this one
        if event["position"] > state["position"] + 1:
            raise SystemExit(f"events after {state['position']} are missing; start again")
        state["position"] = event["position"]
        state["counts"][event["type"]] = state["counts"].get(event["type"], 0) + 1
        half = STATE.with_suffix(".half")
        half.write_text(json.dumps(state))
        half.replace(STATE)  # the counts and the position they stand for, or neither
        print(state["position"], event["type"], state["counts"][event["type"]], flush=True)

asyncio.run(main())
