import AccessModel
import Answers
import ConnectorKit
import ControlPlane
import StrictJSON
import Synchronization

extension RemoteServer {
    /// Hands over the data of each server-sent event until `body` returns false, or the stream ends.
    ///
    /// - Throws: ``InstallationError`` for an event whose data is no JSON, with what was got.
    func follow(
        _ call: RemoteCall, for limit: Span, _ body: @escaping @Sendable (JSONValue) -> Bool
    ) async throws {
        let session = try session(call.patience)
        let stream = Mutex(EventStream())
        let accept = HTTPRequest.Field("Accept", "text/event-stream")
        do {
            try await session.lines(
                of: call.with(headers: asserted + [accept]), operation: "follow at \(address)", for: limit
            ) { line throws(ConnectorError) in
                guard let data = stream.withLock({ $0.take(line) }) else { return true }
                return body(try Self.json(data))
            }
        } catch let error as ConnectorError {
            await session.close()
            throw RemoteTrouble(error, at: address).error
        }
        await session.close()
    }

    private static func json(_ data: [UInt8]) throws(ConnectorError) -> JSONValue {
        do throws(JSONError) {
            return try JSONParser.parse(data)
        } catch {
            let got = TextTable.visible(String(decoding: data.prefix(shownLimit), as: UTF8.self))
            throw ConnectorError(
                code: .targetFailure, operation: "follow",
                message: "it sent an event that is no JSON: `\(got)\(data.count > shownLimit ? "…" : "")`")
        }
    }

    /// Bytes of an event that an error shows.
    private static let shownLimit = 120
}
