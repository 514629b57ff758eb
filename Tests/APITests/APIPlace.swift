import API
import AccessModel
import ControlPlane
import Foundation
import HTTPTypes
import Lifecycle
import StrictJSON
import Synchronization
import TestSupport
import Testing
import WebServer

/// The example organisation, applied, with an API on it whose callers say who they are: `Bearer e-0001`,
/// `Bearer pipeline:payments/live`, or nothing.
struct APIPlace {
    static let marta = "e-0001"  // admin of platform and payments
    static let ana = "e-0003"  // contributor of payments
    static let pedro = "e-0004"  // reader of payments
    static let diego = "e-0005"  // reader of platform
    static let nora = "e-0008"  // admin of payments alone

    let installation: Installation
    let table: RouteTable
    let folder: String
    let time: PassingTime

    static func with(_ body: (APIPlace) async throws -> Void) async throws {
        let folder = NSTemporaryDirectory() + "api-\(UUID().uuidString)"
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try FileManager.default.copyItem(
            atPath: root.appending(path: "Examples/mountainlab").path, toPath: folder + "/org")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let installation = try await Installation.open(
            StateFolder(database: folder + "/state/tenure.db"), as: nil, creating: true)
        let feed = try Data(contentsOf: URL(filePath: folder + "/org/hr/people.csv"))
        _ = try await installation.people().importSnapshot(Array(feed))
        let surveyed = try await installation.survey(folder + "/org", person: nil)
        _ = try await installation.apply(surveyed, patience: .seconds(5)) { _, _ in }
        let time = PassingTime()
        let api = TenureAPI(installation, version: "test", steady: time.clock) { request in
            guard let text = request.headers[.authorization]?.dropFirst("Bearer ".count) else { return nil }
            if text.hasPrefix("pipeline:") {
                let parts = text.dropFirst("pipeline:".count).split(separator: "/").map(String.init)
                guard let tenant = Slug(parts[0]), let tier = Slug(parts[1]) else { throw Problem.unauthorized() }
                return .pipeline(
                    Group(tenant: tenant, tier: tier, role: .operator), workload: "\(parts[0])/\(parts[1])/deploy")
            }
            guard let person = PersonID(String(text)) else { throw Problem.unauthorized() }
            return .person(person)
        }
        let place = APIPlace(
            installation: installation, table: RouteTable([RouteTable.Branch(api.routes)]), folder: folder, time: time)
        try await body(place)
        try await installation.close()
    }

    func ask(
        _ method: HTTPRequest.Method, _ path: String, as caller: String? = nil, _ body: JSONValue? = nil,
        headers: HTTPFields = [:]
    ) async -> Answer {
        var headers = headers
        if let caller { headers[.authorization] = "Bearer \(caller)" }
        if body != nil { headers[.contentType] = "application/json" }
        let parts = path.split(separator: "?", maxSplits: 1)
        let pairs = parts.count == 2 ? parts[1].split(separator: "&") : []
        let query = pairs.map { pair in
            let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            return WebQuery.Item(sides[0], sides.count == 2 ? sides[1] : "")
        }
        let response = await table.respond(
            to: WebRequest(
                method: method, path: parts[0].split(separator: "/").map(String.init), query: WebQuery(query),
                headers: headers, body: Array((body?.compactText ?? "").utf8), correlation: "req-test",
                peer: WebPeer(address: "127.0.0.1", isLoopback: true))
        ) { Issue.record("unforeseen at \(method) \(path): \($0)") }
        return Answer(response)
    }
}

/// A steady clock that a test lets run ahead.
final class PassingTime: Sendable {
    private let ahead = Mutex(Duration.zero)

    var clock: SteadyClock { SteadyClock { [self] in .now + ahead.withLock { $0 } } }

    /// What was remembered for a moment is forgotten.
    func pass(_ duration: Duration = .seconds(2)) { ahead.withLock { $0 += duration } }
}

struct Answer {
    let status: Int
    let headers: HTTPFields
    let json: JSONValue
    let text: String

    init(_ response: WebResponse) {
        status = response.status.code
        headers = response.headers
        text = if case .bytes(let bytes) = response.body { String(decoding: bytes, as: UTF8.self) } else { "" }
        if case .bytes(let bytes) = response.body, let json = try? JSONParser.parse(bytes) {
            self.json = json
        } else {
            json = .null
        }
    }

    var code: String? { json["code"]?.string }
    var items: [JSONValue] { json["items"]?.array ?? [] }
}
