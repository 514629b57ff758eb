import AccessModel
import ConnectorKit

/// Why something was not done, before it is known what was being done for the engine.
enum LDAPFailure: Error, Hashable {
    /// The directory or the library answered with this code; the message is the server's own.
    case answered(ResultCode, String)
    /// The connector itself will not, and says why.
    case refused(ConnectorError.Code, String)

    /// The answer's code; nil for a refusal of the connector's own.
    var resultCode: ResultCode? { if case .answered(let code, _) = self { code } else { nil } }

    func connectorError(during operation: String) -> ConnectorError {
        switch self {
        case .refused(let code, let message):
            ConnectorError(code: code, operation: operation, message: message)
        case .answered(let code, let message):
            ConnectorError(code: code.connectorCode, operation: operation, message: Self.text(code, message))
        }
    }

    /// The code in words and what the server added, on one line and of bounded length.
    private static func text(_ code: ResultCode, _ message: String) -> String {
        let printable = message.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? " " : String($0) }.joined()
        let number = code.rawValue < 0 ? "" : " (\(code.rawValue))"
        return printable.isEmpty ? code.text + number : "\(code.text)\(number): \(printable.prefix(300))"
    }
}

extension ResultCode {
    /// Unwilling to perform (53) is taken as a failure of the target, because servers answer it while they are
    /// read-only or under a policy that an operator is about to change.
    var connectorCode: ConnectorError.Code {
        switch self {
        case .busy, .adminLimitExceeded: .throttled
        case .timeLimitExceeded, .sizeLimitExceeded, .partialResults, .referral: .incomplete
        case .noSuchObject: .missingDependency
        case .noSuchAttribute, .attributeOrValueExists, .entryAlreadyExists: .conflict
        case .invalidCredentials, .inappropriateAuthentication: .unauthorized
        case .insufficientAccessRights: .forbidden
        case .strongerAuthRequired, .confidentialityRequired, .authMethodNotSupported, .undefinedAttributeType,
            .unavailableCriticalExtension:
            .configuration
        case .constraintViolation, .invalidAttributeSyntax, .invalidDNSyntax, .namingViolation, .objectClassViolation,
            .notAllowedOnNonLeaf, .notAllowedOnRDN, .objectClassModsProhibited:
            .invalid
        default: breaksConnection ? .unreachable : .targetFailure
        }
    }
}
