import Foundation
import StrictJSON
import Synchronization

/// A SCIM server that is asked the same as others: where it is, how it is spoken to, and whom it has.
final class SCIMEndpoint: Sendable {
    let name: String
    let port: Int
    private let base: String
    private let headers: String
    private let owner: any AnyObject & Sendable
    private let known: Mutex<[String]>
    /// Users that it has or may have: the next one is new.
    private let made: Mutex<Int>

    /// - Parameter owner: What runs as long as this value lives.
    init(_ name: String, port: Int, base: String, token: String, owner: any AnyObject & Sendable, ids: [String] = []) {
        self.name = name
        self.port = port
        self.base = base
        self.owner = owner
        headers = "Authorization: Bearer \(token)\r\n"
        known = Mutex(ids)
        made = Mutex(ids.count)
    }

    func nextNumber() -> Int { made.withLock { $0 } }

    /// Each connection may have taken a number that it did not come to ask for.
    func used(_ result: LoadResult) { made.withLock { $0 += result.latencies.seconds.count + 16 } }

    static func userName(_ number: Int) -> String { "user-" + Enterprise.padded(number, 7) }

    // MARK: Requests

    func show() -> LoadGenerator.Request {
        let requests = known.withLock { $0 }.map { HTTPText.get("\(base)/Users/\($0)", headers: headers) }
        // In an order in which neighbours are not asked for one after the other.
        return { number in requests[number &* 7_919 % requests.count] }
    }

    func find(among count: Int) -> LoadGenerator.Request {
        let (base, headers) = (base, headers)
        return { number in
            let name = Self.userName(number &* 7_919 % count)
            return HTTPText.get("\(base)/Users?filter=userName%20eq%20%22\(name)%22", headers: headers)
        }
    }

    func page() -> LoadGenerator.Request {
        let request = HTTPText.get("\(base)/Users?count=100", headers: headers)
        return { _ in request }
    }

    func create() -> LoadGenerator.Request {
        let (base, headers) = (base, headers)
        return { number in
            let name = Self.userName(number)
            return HTTPText.post(
                "\(base)/Users", type: "application/scim+json", headers: headers,
                """
                {"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"\(name)",\
                "name":{"givenName":"Ana","familyName":"Moreno"},\
                "emails":[{"value":"\(name)@mountainlab.io","primary":true}],"active":true}
                """)
        }
    }

    // MARK: Loads

    /// Makes so many users, and remembers their ids.
    func fill(_ count: Int) throws {
        var load = LoadGenerator(port: port)
        load.status = 201
        let ids = Mutex<[String]>([])
        _ = try load.run(
            count: count,
            answered: { _, body in
                let id = String(decoding: body, as: UTF8.self).firstMatch(of: /"id" ?: ?"([^"]+)"/)?.output.1
                ids.withLock { $0.append(id.map(String.init) ?? "") }
            }, create())
        known.withLock { $0 = ids.withLock { $0 } }
        made.withLock { $0 = count }
    }
}

/// The other SCIM servers, behind gunicorn, whose threads keep connections open.
enum SCIMPeers {
    static let programs = ".build/benchmarks/peers/bin/"
    private static let token = "bench-token"

    /// In memory, and so in one process.
    static func scim2Server(users: Int, _ folder: BenchFolder) throws -> SCIMEndpoint {
        let server = try serve("scim2_server_site", workers: 1, threads: 8, ready: "/v2/ServiceProviderConfig", folder)
        let endpoint = SCIMEndpoint("scim2-server", port: server.port, base: "/v2", token: token, owner: server)
        try endpoint.fill(users)
        return endpoint
    }

    /// On SQLite with `synchronous=FULL`.
    static func djangoSCIM2(users: Int, _ folder: BenchFolder) throws -> SCIMEndpoint {
        let database = folder.path("django.db")
        _ = try PeerProcess.output(of: "django_scim_site.py", [database, "\(users)"])
        let server = try serve(
            "django_scim_site", workers: 2, threads: 4, ready: "/scim/v2/ServiceProviderConfig", folder,
            environment: ["DJANGO_SCIM_DATABASE": database])
        return SCIMEndpoint(
            "django-scim2", port: server.port, base: "/scim/v2", token: token, owner: server,
            ids: (1...users).map(String.init))
    }

    private static func serve(
        _ module: String, workers: Int, threads: Int, ready: String, _ folder: BenchFolder,
        environment: [String: String] = [:]
    ) throws -> ServedProcess {
        try ServedProcess(
            programs + "gunicorn", environment: environment, log: folder.path("\(module).log"), ready: ready
        ) { port in
            [
                "--chdir", "Benchmarks/peers", "--workers", "\(workers)", "--worker-class", "gthread", "--threads",
                "\(threads)", "--keep-alive", "60", "--no-control-socket", "--bind", "127.0.0.1:\(port)",
                "\(module):application",
            ]
        }
    }
}
