import AccessModel
import ConnectorKit
import StrictJSON

/// What the service does in its own time: it says `IN_PROGRESS`, and is asked until it says something else.
struct InstanceOperation: Sendable {
    /// `AccountAssignmentCreationStatus`: the member of answers that holds the status.
    let member: String
    /// `DescribeAccountAssignmentCreationStatus`
    let describe: String
    /// `AccountAssignmentCreationRequestId`: the member of the question that holds the request's id.
    let idMember: String

    static let creation = InstanceOperation(
        member: "AccountAssignmentCreationStatus", describe: "DescribeAccountAssignmentCreationStatus",
        idMember: "AccountAssignmentCreationRequestId")
    static let deletion = InstanceOperation(
        member: "AccountAssignmentDeletionStatus", describe: "DescribeAccountAssignmentDeletionStatus",
        idMember: "AccountAssignmentDeletionRequestId")
    static let provisioning = InstanceOperation(
        member: "PermissionSetProvisioningStatus", describe: "DescribePermissionSetProvisioningStatus",
        idMember: "ProvisionPermissionSetRequestId")

    /// Waits for the end of what an answer began.
    ///
    /// - Throws: `missing_dependency`, to be tried again, when it has not ended in time: the next attempt finds it done or
    ///   still on its way.
    func settle(
        _ answer: JSONValue, _ instance: SSOInstance, _ operation: String
    ) async throws(ConnectorError) {
        var status = answer[member]
        let start = ContinuousClock.now
        var pause = Duration.milliseconds(250)
        while true {
            switch status?["Status"]?.string {
            case "SUCCEEDED": return
            case "FAILED":
                let reason = status?["FailureReason"]?.string.map { String($0.prefix(200)) } ?? "without a reason"
                throw ConnectorError(
                    code: .targetFailure, operation: operation, message: "the service gave up: \(reason)")
            case "IN_PROGRESS": break
            default:
                throw ConnectorError(
                    code: .targetFailure, operation: operation, message: "the service does not say how far it is")
            }
            guard let id = status?["RequestId"]?.string else {
                throw ConnectorError(
                    code: .targetFailure, operation: operation, message: "what is in progress has no id to ask by")
            }
            guard start.duration(to: .now) < .milliseconds(instance.patience.milliseconds) else {
                throw ConnectorError(
                    code: .missingDependency, operation: operation,
                    message: "the service is still at it (request \(id))", retryAfter: .seconds(5))
            }
            do {
                try await Task.sleep(for: pause)
            } catch {
                throw ConnectorError(code: .unreachable, operation: operation, message: "cancelled")
            }
            pause = min(pause * 2, .seconds(3))
            status = try await instance.call(describe, [idMember: .string(id)], operation).json[member]
        }
    }
}

/// The instance of IAM Identity Center, and how it is spoken to.
struct SSOInstance: Sendable {
    let client: AWSClient
    let arn: String
    let pageSize: Int
    let patience: Span

    func call(
        _ name: String, _ input: [String: JSONValue], _ operation: String, tolerating tolerated: Set<String> = []
    ) async throws(ConnectorError) -> AWSClient.Answer {
        try await client.call(.ssoAdmin, name, .object(with(input)), operation, tolerating: tolerated)
    }

    func list(
        _ name: String, _ input: [String: JSONValue], _ list: String, _ operation: String,
        tolerating tolerated: Set<String> = []
    ) async throws(ConnectorError) -> [JSONValue] {
        var input = with(input)
        input["MaxResults"] = .integer(Int64(pageSize))
        return try await client.listAll(.ssoAdmin, name, .object(input), list: list, operation, tolerating: tolerated)
    }

    private func with(_ input: [String: JSONValue]) -> JSONObject {
        var object = JSONObject()
        object["InstanceArn"] = .string(arn)
        for (name, value) in input.sorted(by: { $0.key < $1.key }) { object[name] = value }
        return object
    }
}
