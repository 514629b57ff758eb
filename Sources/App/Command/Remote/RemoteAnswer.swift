import Answers
import ConnectorKit
import ControlPlane
import StrictJSON

/// What a server answered, once it is no problem.
struct RemoteAnswer: Sendable {
    let body: [UInt8]
    let status: ExitStatus
    let remarks: [Printout.Remark]
    /// Of what was answered; for a plan its hash.
    let tag: String?
    private let address: String
    private let response: HTTPResponse

    /// - Throws: ``RemoteProblem`` for a refusal.
    init(_ response: HTTPResponse, of call: RemoteCall, from address: String, hasToken: Bool) throws {
        self.address = address
        self.response = response
        guard (200..<300).contains(response.status) else {
            throw RemoteProblem(response, from: address, file: call.file, hasToken: hasToken)
        }
        body = response.body
        status =
            response.header(RemarkField.exitName).flatMap { Int32($0) }.flatMap { ExitStatus(rawValue: $0) } ?? .done
        remarks = response.headers.filter { $0.name.lowercased() == RemarkField.name.lowercased() }.compactMap {
            field in
            RemarkField.decode(field.value).map(Self.visible)
        }
        tag = response.header("ETag").map { String($0.filter { $0 != "\"" }) }
    }

    func header(_ name: String) -> String? { response.header(name) }

    func json() throws -> JSONValue {
        do {
            return try JSONParser.parse(body)
        } catch {
            throw incomprehensible
        }
    }

    var incomprehensible: InstallationError {
        InstallationError(
            code: .usage, operation: "ask `\(address)`",
            message: "it does not answer as Tenure does; is this the address of a Tenure server, and of this release?")
    }

    /// As it is: a proof is verified byte by byte.
    var verbatim: String { String(decoding: body, as: UTF8.self) }

    var text: String { Self.visible(String(decoding: body, as: UTF8.self)) }

    /// What stands in no line of text is made visible: whatever answers, it does not move the cursor.
    private static func visible(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { TextTable.visible(String($0)) }
            .joined(separator: "\n")
    }

    private static func visible(_ remark: Printout.Remark) -> Printout.Remark {
        switch remark {
        case .note(let text): .note(visible(text))
        case .complaint(let text): .complaint(visible(text))
        }
    }
}
