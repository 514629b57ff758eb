import Foundation
import Persistence
import StrictJSON

/// The real `tenure serve`, the release build, in a process of its own, with a state of its own on a real disk.
final class TenureService: Sendable {
    let server: ServedProcess
    let token: String
    private let place: TenurePlace

    var port: Int { server.port }

    /// - Parameter settings: `NAME=VALUE`, as `--set` takes them.
    init(_ place: TenurePlace, admin: String? = nil, settings: [String] = []) throws {
        self.place = place
        token = place.token
        // One address makes all requests here; everything else is as it is by default, the log at `info` too.
        let all = ["limits.requests_per_second=1000000", "scim.enabled=true"] + settings
        server = try ServedProcess(
            TenurePlace.executable, environment: place.environment, log: place.log, ready: "/healthz"
        ) { port in
            ["serve", "--set", "listen.port=\(port)"] + (admin.map { ["--admin", $0] } ?? [])
                + all.flatMap { ["--set", $0] }
        }
    }

    /// As SCIM clients see it.
    var scim: SCIMEndpoint {
        SCIMEndpoint("tenure", port: port, base: "/scim/v2", token: token, owner: self)
    }

    /// The cookie of whom the server was started for.
    func signIn() throws -> String {
        let said = try String(contentsOfFile: place.log, encoding: .utf8)
        guard let secret = said.firstMatch(of: /secret=([A-Za-z0-9_-]+)/)?.output.1 else {
            throw HTTPConnection.Failure(description: "the server printed no link to sign in by")
        }
        let connection = HTTPConnection(port: port)
        let answer = try connection.ask(HTTPText.get("/bootstrap?secret=\(secret)"))
        let head = String(decoding: connection.head(answer), as: UTF8.self)
        guard let cookie = head.firstMatch(of: /(?i)set-cookie: ([^;\r]+)/)?.output.1 else {
            throw HTTPConnection.Failure(description: "the link was answered with \(answer.status)")
        }
        return String(cookie)
    }
}

/// Where a server's state is, and what is in it before the server runs.
final class TenurePlace: Sendable {
    private let folder: BenchFolder
    private let state: String
    /// Of the SCIM client `bench`.
    let token: String

    var log: String { folder.path("serve.log") }
    var statePath: String { state }
    var environment: [String: String] { ["TENURE_STATE": state, "TENURE_KEYS": folder.path("keys")] }

    /// Beside the benchmarks' own executable: both are release builds, or neither is.
    static let executable: String = {
        let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return URL(filePath: own).deletingLastPathComponent().appending(path: "tenure").path
    }()

    /// - Parameter state: The address of a server's database; nil for a file.
    init(state address: String? = nil, prepare: (BenchFolder, [String: String]) throws -> Void = { _, _ in }) throws {
        folder = try BenchFolder()
        state = address ?? folder.path("tenure.db")
        let environment = ["TENURE_STATE": state, "TENURE_KEYS": folder.path("keys")]
        try prepare(folder, environment)
        // A state is made by the first command that takes something in.
        if !FileManager.default.fileExists(atPath: state) {
            let feed = folder.path("people.csv")
            try Data(Self.nobodyYet.utf8).write(to: URL(filePath: feed))
            try Self.run(["people", "import", feed], environment)
        }
        let said = try Self.run(["scim", "client", "add", "bench", "-o", "json"], environment)
        token = try JSONParser.parse(said)["token"]?.string ?? ""
    }

    private static let nobodyYet = """
        id,email,given_name,family_name,type,status,department,title,manager_id,location,start_date,end_date,aliases
        e-0000000,ana.moreno@mountainlab.io,Ana,Moreno,employee,active,Data,,,,2020-01-01,,
        #count,1

        """

    func path(_ name: String) -> String { folder.path(name) }

    /// Runs `tenure` to its end; what it printed.
    @discardableResult
    static func run(_ arguments: [String], _ environment: [String: String]) throws -> String {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(filePath: executable)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { _, new in new }
        process.standardOutput = pipe
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw EnterpriseError(
                description:
                    "tenure \(arguments.prefix(3).joined(separator: " ")) exited with \(process.terminationStatus)")
        }
        return String(decoding: data, as: UTF8.self)
    }
}
