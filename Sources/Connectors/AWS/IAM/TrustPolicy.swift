import AccessModel
import ConnectorKit
import StrictJSON

/// Who may take on a role, as its document says it. What is not understood is kept to the letter.
struct TrustPolicy: Hashable, Sendable {
    /// One statement, as far as it is understood.
    struct Trust: Hashable, Sendable {
        /// Of the issuer's tokens; for anybody else the principal as it is written.
        let issuer: String
        /// With the operator before it where that is not StringEquals: `StringLike repo:o/r:*`.
        let subject: String
        let audience: String
        /// What is wrong with it; nil for one that names subject and audience exactly.
        let flaw: String?
    }

    private(set) var statements: [JSONValue]
    private let version: String

    init() {
        statements = []
        version = "2012-10-17"
    }

    /// Reads a document. IAM hands it out with its characters escaped as in an address.
    init(_ text: String, _ operation: String) throws(ConnectorError) {
        func refuse(_ message: String) -> ConnectorError {
            ConnectorError(code: .incomplete, operation: operation, message: "a role's trust policy \(message)")
        }
        guard let plain = text.removingPercentEscapes else { throw refuse("is not escaped rightly") }
        let document: JSONValue
        do throws(JSONError) { document = try JSONParser.parse(plain) } catch { throw refuse("is not JSON") }
        switch document["Statement"] {
        case .array(let entries)?: statements = entries
        case .object(let entry)?: statements = [.object(entry)]
        default: throw refuse("has no statements")
        }
        version = document["Version"]?.string ?? "2012-10-17"
    }

    var text: String {
        let document: JSONValue = ["Version": .string(version), "Statement": .array(statements)]
        return document.compactText
    }

    /// Every trust of the document: what its statements allow, one by one.
    var trusts: [Trust] { statements.flatMap(Self.trusts) }

    static func statement(_ trust: FederatedTrust, _ issuer: Issuer, provider: String) -> JSONValue {
        [
            "Effect": "Allow",
            "Principal": ["Federated": .string(provider)],
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": [
                "StringEquals": [
                    "\(issuer.name):aud": .string(trust.audience), "\(issuer.name):sub": .string(trust.subject),
                ]
            ],
        ]
    }

    func holds(_ trust: FederatedTrust) -> Bool {
        trusts.contains { $0.flaw == nil && $0.isOf(trust) }
    }

    mutating func add(_ statement: JSONValue) { statements.append(statement) }

    /// Takes out the statements that allow just this; whether there were any. A statement that allows others too is kept, and
    /// said to be in the way.
    mutating func remove(_ trust: FederatedTrust, _ operation: String) throws(ConnectorError) -> Bool {
        let matching = statements.filter { Self.trusts($0).contains { $0.isOf(trust) } }
        guard matching.allSatisfy({ Self.trusts($0).count == 1 }) else {
            throw ConnectorError(
                code: .conflict, operation: operation,
                message: "a statement of the trust policy allows this and more at once; it must be taken apart by hand")
        }
        statements.removeAll { matching.contains($0) }
        return !matching.isEmpty
    }

    // MARK: Reading statements

    private static func trusts(_ statement: JSONValue) -> [Trust] {
        guard statement["Effect"]?.string == "Allow" else { return [] }
        return principals(statement["Principal"]).flatMap { principal in
            guard let name = principal.provider else {
                return [
                    Trust(
                        issuer: principal.text, subject: "*", audience: "*",
                        flaw: "it trusts `\(principal.text)`, which is no issuer of tokens")
                ]
            }
            return trusts(of: Issuer(name: name), statement)
        }
    }

    private static func trusts(of issuer: Issuer, _ statement: JSONValue) -> [Trust] {
        var subjects: [String] = []
        var audiences: [String] = []
        var flaws: [String] = []
        for condition in statement["Condition"]?.object?.members ?? [] {
            for entry in condition.value.object?.members ?? [] {
                // Another comparison is another trust, though it may name the same.
                let isExact = condition.name == "StringEquals"
                let values = texts(entry.value).map { isExact ? $0 : "\(condition.name) \($0)" }
                // Condition keys are compared without regard to case.
                switch foldedASCII(entry.name) {
                case foldedASCII("\(issuer.name):sub"): subjects += values
                case foldedASCII("\(issuer.name):aud"): audiences += values
                default: continue
                }
                if !isExact {
                    flaws.append("it compares `\(entry.name)` by \(condition.name), not by StringEquals")
                }
            }
        }
        if subjects.isEmpty {
            flaws.append("it takes every subject")
            subjects = ["*"]
        }
        if audiences.isEmpty {
            flaws.append("it takes every audience")
            audiences = ["*"]
        }
        if flaws.isEmpty, (subjects + audiences).contains(where: { $0.contains("*") || $0.contains("?") }) {
            flaws.append("it has a wildcard")
        }
        let flaw = flaws.isEmpty ? nil : flaws.joined(separator: "; ")
        return subjects.flatMap { subject in
            audiences.map { Trust(issuer: issuer.url, subject: subject, audience: $0, flaw: flaw) }
        }
    }

    private struct Principal {
        let text: String
        /// The name of the issuer, where it is one.
        let provider: String?
    }

    private static func principals(_ value: JSONValue?) -> [Principal] {
        guard case .object(let object)? = value else {
            return [Principal(text: value?.string ?? "*", provider: nil)]
        }
        return object.members.flatMap { member in
            texts(member.value).map { text in
                let resource = member.name == "Federated" ? ARN(text)?.resource : nil
                let name = resource.flatMap {
                    $0.hasPrefix("oidc-provider/") ? $0.dropFirst("oidc-provider/".count) : nil
                }
                return Principal(text: text, provider: name.map(String.init))
            }
        }
    }

    private static func texts(_ value: JSONValue) -> [String] {
        value.string.map { [$0] } ?? value.array?.compactMap(\.string) ?? []
    }
}

extension TrustPolicy.Trust {
    func isOf(_ fact: FederatedTrust) -> Bool {
        issuer == fact.issuer && subject == fact.subject && audience == fact.audience
    }
}

extension String {
    /// Nil for an escape that is none, or for what is then no text.
    fileprivate var removingPercentEscapes: String? {
        var bytes: [UInt8] = []
        var rest = Array(utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard rest.count >= 2, let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) else {
                return nil
            }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
