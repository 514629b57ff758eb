import HTTPTypes
import StrictJSON
import Testing
import WebServer

@testable import API

@Suite struct OpenAPITests {
    @Test func routesAndDocumentAreEqual() async throws {
        try await APIPlace.with { place in
            let document = await place.ask(.get, "/openapi.json").json
            var documented: Set<String> = []
            for path in document["paths"]?.object?.members ?? [] {
                for method in path.value.object?.names ?? [] {
                    documented.insert("\(method.uppercased()) \(path.name)")
                }
            }
            let routed = Set(place.table.routes.map { "\($0.method.rawValue) \($0.pattern)" })
                .subtracting(["GET /openapi.json"])
            #expect(documented == routed)
            #expect(document["openapi"]?.string == "3.1.0")
        }
    }

    @Test func idsAreUniqueAndEveryNamedSchemaIsThere() async throws {
        try await APIPlace.with { place in
            let operations = TenureAPI(place.installation, version: "", authenticate: { _ in nil }).operations
            #expect(Set(operations.map(\.id)).count == operations.count)
            let document = await place.ask(.get, "/openapi.json").json
            let known = Set(document["components"]?["schemas"]?.object?.names ?? [])
            let text = document.compactText
            let named = text.matches(of: /#\/components\/schemas\/([A-Za-z]+)/).map { String($0.1) }
            #expect(Set(named).isSubset(of: known))
        }
    }
}
