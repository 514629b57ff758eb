import StrictJSON
import TestSupport
import Testing

@testable import SCIMServer

@Suite("Discovery") struct DiscoveryTests {
    @Test("documents are there for everybody, and tell what is so") func documents() async throws {
        try await withWorld { world in
            let config = await world.get("/ServiceProviderConfig", token: .some(nil))
            #expect(config.status == 200 && config.headers[.contentType] == "application/scim+json")
            for name in ["patch", "bulk", "filter", "sort", "etag"] {
                #expect(config.json[name]?["supported"]?.bool == true, "\(name)")
            }
            #expect(config.json["changePassword"]?["supported"]?.bool == false)
            #expect(config.json["pagination"]?["cursor"]?.bool == true)
            let types = await world.get("/ResourceTypes", token: .some(nil)).resources
            #expect(types.compactMap { $0["endpoint"]?.string } == ["/Users", "/Groups"])
            let schemas = await world.get("/Schemas", token: .some(nil)).resources
            #expect(schemas.count == 7)
            for document in types + schemas {
                let location = document["meta"]?["location"]?.string ?? ""
                let path = String(location.dropFirst(SCIMWorld.base.utf8.count))
                #expect(await world.get(path).json == document, "\(path)")
            }
            for path in ["/Schemas/x", "/ResourceTypes/x", "/ResourceTypes/user"] {
                #expect(await world.get(path).status == 404)
            }
            for path in ["/Schemas", "/ResourceTypes", "/ServiceProviderConfig"] {
                #expect(await world.get(path, ["filter": "id pr"]).status == 403)
            }
        }
    }

    @Test("names are told apart without case, and parts are named once") func names() {
        for schema in SchemaDefinition.published + [.common] {
            #expect(Set(schema.attributes.map(\.key)).count == schema.attributes.count)
            for attribute in schema.attributes {
                #expect(Set(attribute.subAttributes.map(\.key)).count == attribute.subAttributes.count)
                #expect(attribute.kind == .complex || attribute.subAttributes.isEmpty)
                // They stand in statements as they are.
                for definition in [attribute] + attribute.subAttributes {
                    #expect(definition.searchName.utf8.allSatisfy { $0.isLowercaseLetter || $0.isDigit })
                }
            }
        }
    }
}
