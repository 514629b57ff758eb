import AccessModel
import ConnectorKit
import StrictJSON
import Synchronization

extension KubernetesClient {
    /// How long the server is asked to let one watch go on.
    private static let watchTime = Span.minutes(4)

    /// Tells `wake` of every change to objects of a kind, until it is cancelled or breaks.
    ///
    /// What may have passed unseen, because a watch could not go on where the last one ended, counts as a change.
    func follow(
        _ path: ResourcePath, labels: String? = nil, _ wake: @escaping @Sendable () -> Void
    ) async throws(ConnectorError) {
        let operation = "watch \(path.name)"
        while !Task.isCancelled {
            let query = [HTTPRequest.Field("limit", "1")] + Self.selector(labels)
            let response = try await send(
                HTTPRequest(.get, path.segments, query: query, headers: Self.accepts), operation: operation)
            guard let version = try Self.object(response, operation)["metadata"]?["resourceVersion"]?.string else {
                throw ConnectorError(
                    code: .targetFailure, operation: operation, message: "the answer is no list of \(path.name)")
            }
            try await watch(path, labels, from: version, operation, wake)
            wake()
        }
    }

    private static func selector(_ labels: String?) -> [HTTPRequest.Field] {
        labels.map { [HTTPRequest.Field("labelSelector", $0)] } ?? []
    }

    /// Goes on from watch to watch until the server has forgotten where the last one ended.
    private func watch(
        _ path: ResourcePath, _ labels: String?, from version: String, _ operation: String,
        _ wake: @escaping @Sendable () -> Void
    ) async throws(ConnectorError) {
        let place = WatchPlace(version)
        while !Task.isCancelled, let version = place.version {
            let query =
                [
                    HTTPRequest.Field("watch", "true"), HTTPRequest.Field("allowWatchBookmarks", "true"),
                    HTTPRequest.Field("resourceVersion", version),
                    HTTPRequest.Field("timeoutSeconds", String(Self.watchTime.milliseconds / 1_000)),
                ] + Self.selector(labels)
            let opened = try await door.open(operation)
            do throws(ConnectorError) {
                try await opened.session.lines(
                    of: HTTPRequest(.get, path.segments, query: query, headers: Self.accepts), operation: operation,
                    for: Span(milliseconds: Self.watchTime.milliseconds + 30_000)
                ) { line throws(ConnectorError) in try place.take(line, operation, wake) }
            } catch {
                switch error.code {
                case .incomplete: return
                case .unauthorized where try await door.renew(after: opened.credential, operation): continue
                default: throw error
                }
            }
        }
    }
}

/// Up to where a watch has come.
private final class WatchPlace: Sendable {
    private let current: Mutex<String?>

    init(_ version: String) { current = Mutex(version) }

    /// Nil once the server has forgotten it.
    var version: String? { current.withLock { $0 } }

    /// Reads one event; false when the watch is over.
    func take(
        _ line: [UInt8], _ operation: String, _ wake: @Sendable () -> Void
    ) throws(ConnectorError) -> Bool {
        guard !line.isEmpty else { return true }
        guard let event = JSONValue.parsed(line), let type = event["type"]?.string else {
            throw ConnectorError(code: .targetFailure, operation: operation, message: "an event cannot be read")
        }
        guard type != "ERROR" else {
            let status = event["object"].flatMap { KubernetesStatus($0) }
            guard status?.code == 410 else {
                throw ConnectorError(
                    code: .targetFailure, operation: operation,
                    message: "the watch ended: \(status?.reason ?? "for no reason")")
            }
            current.withLock { $0 = nil }
            return false
        }
        if let version = event["object"]?["metadata"]?["resourceVersion"]?.string {
            current.withLock { $0 = version }
        }
        if type != "BOOKMARK" { wake() }
        return true
    }
}
