import AccessModel
import ConnectorKit
import StrictJSON

/// What a service says when it does not do as it is asked. Its code decides, whatever the status: throttling comes with
/// 400 as well as with 429, an absence with 400 as well as with 404.
struct AWSError: Hashable, Sendable {
    let status: Int
    /// Without a namespace: `ThrottlingException`. Empty where the answer names none.
    let code: String
    let message: String
    let retryAfter: Span?
    /// What the service takes for the time, as its `Date` says.
    let serverDate: String?

    init(_ response: HTTPResponse, now: Instant) {
        status = response.status
        serverDate = response.header("Date")
        var code = response.header("x-amzn-ErrorType") ?? ""
        var message = ""
        var seconds: Int64?
        if let document = Self.xml(response.body) {
            let error = document["Error"] ?? document["Errors"]?["Error"]
            code = error?.text("Code") ?? code
            message = error?.text("Message") ?? ""
        } else if let json = Self.json(response.body) {
            code = json["__type"]?.string ?? json["code"]?.string ?? json["Code"]?.string ?? code
            message = json["message"]?.string ?? json["Message"]?.string ?? ""
            seconds = json["RetryAfterSeconds"]?.integer
        }
        self.code = Self.withoutNamespace(code)
        self.message = message
        retryAfter =
            seconds.flatMap { $0 >= 0 ? min(.seconds($0), RetryAfter.longest) : nil }
            ?? response.header("Retry-After").flatMap { RetryAfter.parse($0, now: now) }
    }

    // A body that cannot be read names no code; then the status decides.

    private static func xml(_ body: [UInt8]) -> XMLElement? {
        guard body.first == UInt8(ascii: "<") else { return nil }
        do throws(XMLReader.Failure) { return try XMLReader.parse(body) } catch { return nil }
    }

    private static func json(_ body: [UInt8]) -> JSONValue? {
        do throws(JSONError) { return try JSONParser.parse(body) } catch { return nil }
    }

    /// `com.amazonaws.identitystore#ConflictException:http://...` is a `ConflictException`.
    private static func withoutNamespace(_ code: String) -> String {
        let tail = code.split(separator: "#").last ?? ""
        return String(tail.prefix { $0 != ":" }.prefix(100))
    }

    var kind: ConnectorError.Code {
        if isClockSkew { return .configuration }
        if let known = Self.kinds[code] { return known }
        return switch status {
        case 401: .unauthorized
        case 403: .forbidden
        case 404: .missingDependency
        case 408: .unreachable
        case 409, 412: .conflict
        case 429, 503: .throttled
        case 500...: .targetFailure
        case 300..<400, 405: .configuration
        // Every refusal has a code: one without is an answer that got lost on its way.
        default: code.isEmpty ? .targetFailure : .invalid
        }
    }

    /// Credentials that were good and have ended: new ones will do.
    var isExpiry: Bool { code == "ExpiredToken" || code == "ExpiredTokenException" }

    /// Whether the request was refused for the time it was signed at.
    var isClockSkew: Bool {
        if code == "RequestExpired" || code == "RequestTimeTooSkewed" || code == "RequestInTheFuture" { return true }
        guard code == "SignatureDoesNotMatch" || code == "InvalidSignatureException" || code == "AuthFailure" else {
            return false
        }
        return message.contains("Signature expired") || message.contains("not yet current")
    }

    /// For the error's text. What a service says of a signature repeats the request, its token included: not that.
    func explanation(now: Instant) -> String {
        if isClockSkew {
            let theirs = serverDate.map { "; the service's is \($0)" } ?? ""
            return "the clock of this machine is wrong: it says \(now)\(theirs). Requests are good for five minutes"
        }
        let name = code.isEmpty ? "HTTP \(status)" : code
        switch code {
        case "SignatureDoesNotMatch", "InvalidSignatureException", "IncompleteSignature":
            return "\(name): the secret access key does not belong to the access key id"
        default:
            let line = String(
                decoding: message.utf8.map { $0 < 0x20 || $0 == 0x7F ? 0x20 : $0 }.prefix(400), as: UTF8.self)
            let short = line.count > 240 ? line.prefix(240) + "…" : line
            return short.isEmpty ? name : "\(name): \(short)"
        }
    }

    private static let kinds: [String: ConnectorError.Code] = {
        var kinds: [String: ConnectorError.Code] = [:]
        func add(_ kind: ConnectorError.Code, _ codes: String...) { for code in codes { kinds[code] = kind } }
        add(
            .throttled, "Throttling", "ThrottlingException", "ThrottledException", "RequestThrottled",
            "RequestThrottledException", "TooManyRequestsException", "RequestLimitExceeded", "PriorRequestNotComplete",
            "SlowDown", "BandwidthLimitExceeded", "TransactionInProgressException", "ServiceUnavailable",
            "ServiceUnavailableException")
        add(
            .conflict, "ConflictException", "EntityAlreadyExists", "EntityAlreadyExistsException",
            "ConcurrentModification", "ConcurrentModificationException", "ResourceExistsException",
            "EntityTemporarilyUnmodifiable", "DeleteConflict")
        add(.missingDependency, "ResourceNotFoundException", "NoSuchEntity", "NoSuchEntityException")
        add(
            .forbidden, "AccessDenied", "AccessDeniedException", "NotAuthorized", "UnauthorizedOperation",
            "OptInRequired")
        add(
            .unauthorized, "ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId",
            "UnrecognizedClientException", "InvalidSignatureException", "SignatureDoesNotMatch", "IncompleteSignature",
            "MissingAuthenticationToken", "MissingAuthenticationTokenException", "InvalidAccessKeyId", "AuthFailure",
            "InvalidToken", "InvalidIdentityToken", "IDPRejectedClaim")
        add(.unreachable, "RequestTimeout", "RequestTimeoutException", "IDPCommunicationError")
        add(
            .targetFailure, "InternalFailure", "InternalServerException", "InternalServerError", "InternalServiceError",
            "InternalServiceErrorException", "InternalServiceException", "ServiceFailure", "ServiceFailureException",
            "UnmodifiableEntity")
        add(
            .invalid, "ValidationException", "ValidationError", "InvalidInput", "InvalidParameterException",
            "InvalidRequestException", "MalformedPolicyDocument", "LimitExceeded", "LimitExceededException",
            "ServiceQuotaExceededException", "PackedPolicyTooLarge")
        return kinds
    }()
}
