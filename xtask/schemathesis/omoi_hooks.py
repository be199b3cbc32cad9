"""What schemathesis is told of OmoiOS: some work to talk about, and the ids of it.

Without real ids nearly every case would be a 404, and no answer of a command would be seen.
"""

import os

import requests
import schemathesis

URL = os.environ["OMOI_URL"] + "/api/v1"
SIGN_IN = {"Authorization": "Bearer " + os.environ["OMOI_KEY"]}
PROJECTS = 3


def made(path, body):
    answer = requests.post(URL + path, json=body, headers=SIGN_IN, timeout=10)
    answer.raise_for_status()
    return answer.json()["id"]


def work():
    """A few projects, each with tickets and tasks in several states."""
    ids = {"projects": [], "tickets": [], "tasks": []}
    for number in range(PROJECTS):
        project = made("/projects", {"name": f"Contract {number}"})
        ids["projects"].append(project)
        for phase in ("backlog", "implementation", "testing"):
            ticket = made(f"/projects/{project}/tickets", {"title": f"In {phase}", "phase": phase})
            ids["tickets"].append(ticket)
            first = made(f"/tickets/{ticket}/tasks", {"title": "First", "run": "true"})
            second = made(f"/tickets/{ticket}/tasks", {"title": "Second", "depends_on": [first]})
            ids["tasks"] += [first, second]
            if phase != "backlog":
                made(f"/tasks/{first}/start", {})
    return ids


IDS = work()
READ_MODELS = ["board", "activity", "task_graph"]


def pick(ids, made_up):
    """The same for the same case, so that a failure can be shown again."""
    return ids[sum(str(made_up).encode()) // 4 % len(ids)]


@schemathesis.hook
def map_path_parameters(context, path_parameters):
    """Three in four ids become real ones; the rest stays as it was made up."""
    if not path_parameters:
        return path_parameters
    path = context.operation.path
    what = path.removeprefix("/api/v1/").split("/")[0]
    for name, value in list(path_parameters.items()):
        if sum(str(value).encode()) % 4 == 0:
            continue
        if name == "name":
            path_parameters[name] = pick(READ_MODELS, value)
        elif what in IDS:
            path_parameters[name] = pick(IDS[what], value)
    return path_parameters
