"""moto, with what it lacks for Tenure's tests, and a record of what it was asked.

Added from the vendor's documentation, since moto 5.2 does not have them: identitystore UpdateUser, UpdateGroup and GetGroupMembershipId, IAM's
AddClientIDToOpenIDConnectProvider, DescribePermissionSetProvisioningStatus, the uniqueness of user names and of permission sets' names, in which
accounts a permission set is provisioned as it is now, external ids and the status of users that an identity provider brings (`ProvisionUser`, which
is no operation of the vendor's, stands for its SCIM). Ids are of the vendor's form. Policies are checked by the resource that a request to IAM or to
Secrets Manager is about and by its permissions boundary; moto itself knows the resources of roles alone. With TENURE_MOTO_ASYNC=N assignments and provisioning are
`IN_PROGRESS` for the first N questions, as in the real service. With TENURE_MOTO_RECORD=FILE every request of others than boto3 is written there,
a JSON object a line.
"""

import json
import os
import secrets
import sys

import moto.server as server
from moto.core.responses import EmptyResult
from moto.iam import access_control
from moto.iam.exceptions import NoSuchEntity, NotFoundException
from moto.iam.responses import IamResponse
from moto.identitystore import models as store_models
from moto.identitystore.responses import IdentityStoreResponse
from moto.secretsmanager.responses import SecretsManagerResponse
from moto.ssoadmin import models as sso_models
from moto.ssoadmin.responses import SSOAdminResponse


def store_of(response):
    backend = response.identitystore_backend
    return backend._IdentityStoreBackend__get_identity_store(response._get_param("IdentityStoreId"))


def conflict(message):
    raise store_models.ConflictException(message=message, reason="UNIQUENESS_CONSTRAINT_VIOLATION")


def require_unique(store, user_id, user_name=None, emails=None):
    addresses = {e["Value"].lower() for e in emails or [] if e.get("Value")}
    for other in store.users.values():
        if other.UserId == user_id:
            continue
        if user_name is not None and other.UserName.lower() == user_name.lower():
            conflict("Duplicate UserName")
        if addresses & {e["Value"].lower() for e in other.Emails or [] if e.get("Value")}:
            conflict("Duplicate email")


def update_user(self):
    store = store_of(self)
    user = store.users.get(self._get_param("UserId"))
    if user is None:
        raise store_models.ResourceNotFoundException(message="USER not found.", resource_type="USER")
    simple = {"userName": "UserName", "displayName": "DisplayName", "userType": "UserType", "title": "Title",
              "nickName": "NickName", "locale": "Locale", "timezone": "Timezone"}
    names = {"name.givenName": "GivenName", "name.familyName": "FamilyName", "name.formatted": "Formatted"}
    for operation in self._get_param("Operations"):
        path, value = operation["AttributePath"], operation.get("AttributeValue")
        if path in simple:
            user = user._replace(**{simple[path]: value})
        elif path in names:
            name = user.Name or store_models.Name(None, None, None, None, None, None)
            user = user._replace(Name=name._replace(**{names[path]: value}))
        elif path == "emails":
            user = user._replace(
                Emails=[{k[:1].upper() + k[1:]: v for k, v in entry.items()} for entry in value or []])
        else:
            raise store_models.ValidationException(
                message=f"Updates for AttributePath: {path} is not supported")
    require_unique(store, user.UserId, user.UserName, user.Emails)
    store.users[user.UserId] = user
    return ""


def update_group(self):
    store = store_of(self)
    group = store.groups.get(self._get_param("GroupId"))
    if group is None:
        raise store_models.ResourceNotFoundException(message="GROUP not found.", resource_type="GROUP")
    simple = {"displayName": "DisplayName", "description": "Description"}
    for operation in self._get_param("Operations"):
        group = group._replace(**{simple[operation["AttributePath"]]: operation.get("AttributeValue")})
    store.groups[group.GroupId] = group
    return ""


def get_group_membership_id(self):
    for membership in store_of(self).group_memberships.values():
        if membership["GroupId"] == self._get_param("GroupId") and membership["MemberId"] == self._get_param("MemberId"):
            return json.dumps({k: membership[k] for k in ("MembershipId", "IdentityStoreId")})
    raise store_models.ResourceNotFoundException(message="MEMBERSHIP not found.", resource_type="GROUP_MEMBERSHIP")


create_user = IdentityStoreResponse.create_user


def create_unique_user(self):
    require_unique(store_of(self), None, self._get_param("UserName"), self._get_param("Emails"))
    return create_user(self)


create_permission_set = SSOAdminResponse.create_permission_set


def create_unique_permission_set(self):
    for other in self.ssoadmin_backend.permission_sets:
        if other.name == self._get_param("Name"):
            raise sso_models.ConflictException("PermissionSet with name already exists")
    return create_permission_set(self)


IdentityStoreResponse.update_user = update_user
IdentityStoreResponse.update_group = update_group
IdentityStoreResponse.get_group_membership_id = get_group_membership_id
IdentityStoreResponse.create_user = create_unique_user
SSOAdminResponse.create_permission_set = create_unique_permission_set

# What an identity provider says of users: user id -> members of the user.
provided = {}


def provision_user(self):
    """Makes or changes a user as an identity provider does by SCIM, its external id and its status included."""
    store = store_of(self)
    user_id = self._get_param("UserId")
    if user_id is None:
        user_id = json.loads(create_unique_user(self))["UserId"]
    elif emails := self._get_param("Emails"):
        store.users[user_id] = store.users[user_id]._replace(Emails=emails)
    own = provided.setdefault(user_id, {})
    for member in ("ExternalIds", "UserStatus"):
        if (value := self._get_param(member)) is not None:
            own[member] = value
    return json.dumps({"UserId": user_id})


def with_provided(method):
    def wrapped(self):
        answer = json.loads(method(self))
        for user in answer.get("Users", [answer]):
            user.update(provided.get(user["UserId"], {}))
        return json.dumps(answer)

    return wrapped


def by_external_id(method):
    def wrapped(self):
        wanted = (self._get_param("AlternateIdentifier") or {}).get("ExternalId")
        if wanted is None:
            return method(self)
        for user_id in store_of(self).users:
            if wanted in provided.get(user_id, {}).get("ExternalIds", []):
                return json.dumps({"UserId": user_id, "IdentityStoreId": self._get_param("IdentityStoreId")})
        raise store_models.ResourceNotFoundException(message="USER not found.", resource_type="USER")

    return wrapped


IdentityStoreResponse.provision_user = provision_user
IdentityStoreResponse.describe_user = with_provided(IdentityStoreResponse.describe_user)
IdentityStoreResponse.list_users = with_provided(IdentityStoreResponse.list_users)
IdentityStoreResponse.get_user_id = by_external_id(IdentityStoreResponse.get_user_id)


def add_client_id(self):
    provider = self.backend.get_open_id_connect_provider(self._get_param("OpenIDConnectProviderArn"))
    if (audience := self._get_param("ClientID")) not in provider.client_id_list:
        provider.client_id_list.append(audience)
    return EmptyResult()


IamResponse.add_client_id_to_open_id_connect_provider = add_client_id


def resource_of_iam(self):
    """The ARN of what a request is about, as the vendor's table of IAM's actions has it."""
    def field(name):
        return self.data.get(name, [""])[0]

    prefix = f"arn:{self.partition}:iam::{self.current_account}:"
    for kind, member, find in (("role", "RoleName", self.backend.get_role), ("user", "UserName", self.backend.get_user)):
        if name := field(member):
            try:
                if not self._get_action().startswith("Create" + kind.capitalize()):
                    return find(name).arn
            except (NoSuchEntity, NotFoundException):
                pass
            return prefix + kind + (field("Path") or "/") + name
    if url := field("Url"):
        return prefix + "oidc-provider/" + url.removeprefix("https://")
    return field("OpenIDConnectProviderArn") or "*"


check_any_resource = access_control.IAMRequestBase.check_action_permitted


def check_iam_request(self, resource):
    if self._service != "iam":
        return check_any_resource(self, resource)
    values = {"iam:PermissionsBoundary": self._data.get("PermissionsBoundary", [""])[0]}
    verdicts = [
        access_control.IAMPolicy(policy).is_action_permitted(self._action, resource, None, values)
        for policy in self._access_key.collect_policies()
    ]
    result = access_control.PermissionResult
    if result.DENIED in verdicts or result.PERMITTED not in verdicts:
        self._raise_access_denied()


def resource_of_secret(self):
    """The ARN of the secret that a request is about; the service puts six characters after its name."""
    name = self._get_param("SecretId") or self._get_param("Name")
    if not name or name.startswith("arn:"):
        return name or "*"
    return f"arn:{self.partition}:secretsmanager:{self.region}:{self.current_account}:secret:{name}-AbCdEf"


IamResponse._determine_resource = resource_of_iam
SecretsManagerResponse._determine_resource = resource_of_secret
access_control.IAMRequestBase.check_action_permitted = check_iam_request

# moto's own ids are not of the vendor's form, and every request would show it.
create_instance = sso_models.Instance.__init__


def create_instance_with_ids(self, *arguments, **keywords):
    create_instance(self, *arguments, **keywords)
    self.identity_store_id = "d-" + secrets.token_hex(5)


def permission_set_id(instance_arn):
    return instance_arn.replace(":instance/", ":permissionSet/") + "/ps-" + secrets.token_hex(8)


sso_models.Instance.__init__ = create_instance_with_ids
sso_models.PermissionSet.generate_id = staticmethod(permission_set_id)

# Permission set -> accounts that do not have it as it is now. A changed one has to be provisioned; an assignment brings it along.
outdated = {}


def accounts_of(backend, permission_set):
    return {held.target_id for held in backend.account_assignments if held.permission_set_arn == permission_set}


def outdating(method):
    def wrapped(self):
        answer = method(self)
        arn = self._get_param("PermissionSetArn")
        outdated[arn] = accounts_of(self.ssoadmin_backend, arn)
        return answer

    return wrapped


def bringing(method):
    def wrapped(self):
        answer = method(self)
        arn, account = self._get_param("PermissionSetArn"), self._get_param("TargetId")
        outdated[arn] = outdated.get(arn, set()) - {account} if account else set()
        return answer

    return wrapped


def list_accounts(self):
    arn, status = self._get_param("PermissionSetArn"), self._get_param("ProvisioningStatus")
    accounts, late = accounts_of(self.ssoadmin_backend, arn), outdated.get(arn, set())
    if status:
        accounts = accounts & late if status == "LATEST_PERMISSION_SET_NOT_PROVISIONED" else accounts - late
    start, size = int(self._get_param("NextToken") or 0), self._get_param("MaxResults") or 100
    answer = {"AccountIds": sorted(accounts)[start:start + size]}
    if start + size < len(accounts):
        answer["NextToken"] = str(start + size)
    return json.dumps(answer)


for name in ("update_permission_set", "put_inline_policy_to_permission_set", "attach_managed_policy_to_permission_set",
             "detach_managed_policy_from_permission_set"):
    setattr(SSOAdminResponse, name, outdating(getattr(SSOAdminResponse, name)))
for name in ("create_account_assignment", "provision_permission_set"):
    setattr(SSOAdminResponse, name, bringing(getattr(SSOAdminResponse, name)))
SSOAdminResponse.list_accounts_for_provisioned_permission_set = list_accounts

# What is in progress: request id -> questions left, and what to answer in the end.
pending = {}
questions = int(os.environ.get("TENURE_MOTO_ASYNC", "0"))


def begin(method, member):
    def wrapped(self):
        answer = json.loads(method(self))
        status = answer[member]
        if questions:
            pending[status["RequestId"]] = [questions, dict(status)]
            status["Status"] = "IN_PROGRESS"
        return json.dumps(answer)

    return wrapped


def ask(method, member, name):
    def wrapped(self):
        state = pending.get(self._get_param(name))
        if state is None:
            if method is None:
                raise sso_models.ResourceNotFoundException("no such request")
            return method(self)
        state[0] -= 1
        status = dict(state[1])
        if state[0] > 0:
            status["Status"] = "IN_PROGRESS"
        return json.dumps({member: status})

    return wrapped


for kind, verb in (("Creation", "create"), ("Deletion", "delete")):
    member = f"AccountAssignment{kind}Status"
    name = f"{verb}_account_assignment"
    setattr(SSOAdminResponse, name, begin(getattr(SSOAdminResponse, name), member))
    name = f"describe_account_assignment_{kind.lower()}_status"
    setattr(SSOAdminResponse, name,
            ask(getattr(SSOAdminResponse, name), member, f"AccountAssignment{kind}RequestId"))
member = "PermissionSetProvisioningStatus"
SSOAdminResponse.provision_permission_set = begin(SSOAdminResponse.provision_permission_set, member)
SSOAdminResponse.describe_permission_set_provisioning_status = ask(None, member, "ProvisionPermissionSetRequestId")


class Recorder:
    """Writes down what comes, and hands it on."""

    def __init__(self, application, path):
        self.application = application
        self.file = open(path, "a", buffering=1, encoding="utf-8")

    def __call__(self, environ, start_response):
        length = int(environ.get("CONTENT_LENGTH") or 0)
        body = environ["wsgi.input"].read(length)
        import io

        environ["wsgi.input"] = io.BytesIO(body)
        agent = environ.get("HTTP_USER_AGENT", "")
        if "Boto3" not in agent and not environ["PATH_INFO"].startswith("/moto-api"):
            self.file.write(json.dumps({
                "method": environ["REQUEST_METHOD"], "path": environ["PATH_INFO"],
                "target": environ.get("HTTP_X_AMZ_TARGET"), "type": environ.get("CONTENT_TYPE"),
                "authorization": environ.get("HTTP_AUTHORIZATION", "").split(",")[0], "body": body.decode("utf-8"),
            }) + "\n")
        return self.application(environ, start_response)


if record := os.environ.get("TENURE_MOTO_RECORD"):
    dispatcher = server.DomainDispatcherApplication

    def recorded(*arguments, **keywords):
        return Recorder(dispatcher(*arguments, **keywords), record)

    server.DomainDispatcherApplication = recorded

server.main(sys.argv[1:])
