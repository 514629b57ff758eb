import Answers
import HTTPTypes
import StrictJSON
import WebServer

extension APICall {
    /// What a command would print, in the form that is asked for.
    func answer(_ printout: Printout, _ status: HTTPResponse.Status = .ok) -> WebResponse {
        .printout(printout, as: Representation(request), status)
    }

    /// A page of a list that grows for as long as an installation stands: it is read from where the one before ended, and
    /// no further than it has to. As text it is all of it, or as much as `limit` says.
    ///
    /// - Parameters:
    ///   - place: Where an element stands; `key` is unique in the list.
    ///   - maySee: Whether whoever asks hears of an element.
    ///   - read: The elements behind a place, so many at most. There are no more where it gives fewer.
    func answer<Element>(
        at place: (Element) -> Page.Cursor, if maySee: (Element) -> Bool, _ printout: ([Element]) -> Printout,
        read: (_ after: Page.Cursor?, _ limit: Int) async throws -> [Element]
    ) async throws -> WebResponse {
        let page = try Page(self)
        let isJSON = Representation(request) == .json
        guard try isJSON || query("limit") != nil || query("cursor") != nil else {
            return answer(printout(try await read(nil, .max).filter(maySee)))
        }
        let portion = max(page.limit + 1, 200)
        var (shown, after) = ([Element](), page.after)
        while true {
            let batch = try await read(after, portion)
            shown += batch.filter(maySee)
            guard let last = batch.last, batch.count == portion, shown.count <= page.limit else { break }
            after = place(last)
        }
        let part = Array(shown.prefix(page.limit))
        guard isJSON else { return answer(printout(part)) }
        let next = shown.count > page.limit ? part.last.map { place($0).text } : nil
        return .json(["items": printout(part).json ?? [], "next": next.map { .string($0) } ?? .null])
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
