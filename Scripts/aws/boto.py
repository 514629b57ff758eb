"""boto3 for the tests, kept running: reads a JSON object a line, `source` and `arguments`, runs the piece of Python, and
answers with what it left in `result`, or with its `error`. `key` and `secret` change who asks.

In the source, `client(name)` makes a client, and `provision(member=...)` tells the identity store about a user as an identity
provider does.
"""

import json
import sys
import traceback
from urllib.request import Request, urlopen

import boto3
from botocore import auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

endpoint = sys.argv[1]
who = ["x", "x"]
clients = {}


def client(name, region="eu-west-1"):
    if (name, region) not in clients:
        clients[name, region] = boto3.client(
            name, endpoint_url=endpoint, region_name=region, aws_access_key_id=who[0], aws_secret_access_key=who[1])
    return clients[name, region]


def provision(**members):
    request = AWSRequest("POST", endpoint + "/", data=json.dumps(members).encode(), headers={
        "Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "AWSIdentityStore.ProvisionUser"})
    auth.SigV4Auth(Credentials(*who), "identitystore", "eu-west-1").add_auth(request)
    headers = dict(request.headers.items()) | {"User-Agent": "Boto3"}
    with urlopen(Request(endpoint + "/", data=request.body, headers=headers)) as answer:
        return json.load(answer)["UserId"]


for line in sys.stdin:
    order = json.loads(line)
    if "key" in order:
        who[:] = [order["key"], order["secret"]]
        clients.clear()
    scope = {
        "client": client, "provision": provision, "json": json, "arguments": order["arguments"], "result": None,
    }
    try:
        exec(order["source"], scope)
        answer = {"result": scope["result"]}
    except Exception:
        answer = {"error": traceback.format_exc()}
    print(json.dumps(answer, default=str), flush=True)
