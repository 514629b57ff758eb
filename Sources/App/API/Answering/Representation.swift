import Answers
import HTTPTypes
import StrictJSON
import WebServer

/// In which form an answer is wanted.
enum Representation: Sendable {
    case json
    /// As the command line prints it.
    case text
    /// For documents, where there is such a form; else text.
    case markdown

    /// The first form that `Accept` names and that there is; JSON for whoever takes anything.
    init(_ request: WebRequest) {
        let wanted = (request.headers[.accept] ?? "").split(separator: ",").map { part in
            part.prefix { $0 != ";" }.lowercased().filter { $0 != " " && $0 != "\t" }
        }
        self =
            wanted.lazy.compactMap { type -> Representation? in
                switch type {
                case "application/json", "application/*", "*/*": .json
                case "text/plain", "text/*": .text
                case "text/markdown": .markdown
                default: nil
                }
            }.first ?? .json
    }
}

extension WebResponse {
    /// What a command would say, in the form that a request asks for. How it would end, and what it would say beside
    /// its result, stand in the headers.
    static func printout(
        _ printout: Printout, as representation: Representation, _ status: HTTPResponse.Status = .ok
    ) -> WebResponse {
        var response: WebResponse
        switch representation {
        case .json where !printout.isVerbatim: response = .json(printout.json ?? .null, status)
        case .markdown where printout.markdown != nil:
            response = .text(printout.markdown?() ?? "", status, type: "text/markdown; charset=utf-8")
        case .json: response = .text(printout.text(.plain) ?? "", status, type: "application/json")
        case .text, .markdown: response = .text(printout.text(.plain) ?? "", status)
        }
        response.headers[.vary] = "Accept"
        return response.with(printout.status, printout.remarks(.plain))
    }

    private func with(_ status: ExitStatus, _ remarks: [Printout.Remark]) -> WebResponse {
        var response = with(.tenureExit, "\(status.rawValue)")
        var room = RemarkField.limit
        for (index, remark) in remarks.enumerated() {
            let value = RemarkField.encode(remark)
            guard value.utf8.count <= room else {
                let rest = RemarkField.encode(.complaint("and \(remarks.count - index) more remarks"))
                response.headers.append(HTTPField(name: .tenureRemark, value: rest))
                break
            }
            room -= value.utf8.count
            response.headers.append(HTTPField(name: .tenureRemark, value: value))
        }
        return response
    }
}

extension HTTPField.Name {
    static let tenureExit = HTTPField.Name(RemarkField.exitName) ?? .via
    static let tenureRemark = HTTPField.Name(RemarkField.name) ?? .via
}
