import Answers
import HTTPTypes
import StrictJSON
import WebServer

extension APICall {
    /// What a command would print, in the form that is asked for.
    func answer(_ printout: Printout, _ status: HTTPResponse.Status = .ok) -> WebResponse {
        .printout(printout, as: Representation(request), status)
    }

    /// A page of a list in JSON; as text all of it, or as much as `limit` says: a table is laid out as a whole.
    ///
    /// - Parameter key: Unique in the list.
    func answer<Element>(
        _ all: [Element], key: (Element) -> String, _ printout: ([Element]) -> Printout
    ) throws -> WebResponse {
        let page = try Page(self)
        switch Representation(request) {
        case .json: return .json(page.json(all, key: key, printout))
        case .text, .markdown:
            let isCut = try query("limit") != nil || query("cursor") != nil
            return .printout(printout(isCut ? page.elements(all, key: key) : all), as: .text)
        }
    }
}
