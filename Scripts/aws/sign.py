"""Signs with botocore: a JSON list of requests on standard input, their `Authorization` headers on standard output."""

import datetime
import json
import sys
from unittest import mock

from botocore import auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

signed = []
for case in json.load(sys.stdin):
    moment = datetime.datetime.strptime(case["time"], "%Y-%m-%dT%H:%M:%SZ")
    request = AWSRequest(
        method=case["method"], url="https://" + case["host"] + case["target"], headers=dict(case["headers"]),
        data=case["body"].encode())
    credentials = Credentials(case["key"], case["secret"], case.get("token"))
    with mock.patch.object(auth, "get_current_datetime", return_value=moment):
        auth.SigV4Auth(credentials, case["service"], case["region"]).add_auth(request)
    signed.append(request.headers["Authorization"])
json.dump(signed, sys.stdout)
