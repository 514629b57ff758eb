import TestSupport
import WebServer

extension APIPlace {
    /// Runs `body` with the address of a server that answers on loopback.
    func served(_ body: @escaping @Sendable (String) async throws -> Void) async throws {
        try await ServedTable.serve(table) { try await body("http://127.0.0.1:\($0)") }
    }
}
