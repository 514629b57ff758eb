"""Workflows of N durable steps in DBOS Transact, all started at once; prints how many a second were finished."""
import sys
import time

from dbos import DBOS, DBOSConfig

address, workflows, steps = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])


@DBOS.step()
def step(workflow: int, number: int) -> int:
    return workflow + number


@DBOS.workflow()
def workflow(number: int) -> int:
    return sum(step(number, index) for index in range(steps))


config: DBOSConfig = {"name": "peer", "system_database_url": address, "run_admin_server": False}
DBOS(config=config)
DBOS.launch()
for handle in [DBOS.start_workflow(workflow, index) for index in range(20)]:
    handle.get_result()
start = time.monotonic()
handles = [DBOS.start_workflow(workflow, index) for index in range(workflows)]
for handle in handles:
    handle.get_result()
print(workflows / (time.monotonic() - start))
DBOS.destroy()
