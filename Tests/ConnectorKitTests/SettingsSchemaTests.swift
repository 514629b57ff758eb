import AccessModel
import ConnectorKit
import StrictJSON
import Testing

@Suite struct SettingsSchemaTests {
    private let schema = SettingsSchema(
        required: [.init("url", example: "https://example.org")], optional: ["size", "mode"], credential: "the token"
    ) { configuration throws(ConnectorError) in
        var settings = try SettingsReader(configuration)
        let url = try settings.string("url")
        _ = try settings.integer("size", in: 1...5, default: 1)
        let isFast = try settings.bool("mode", default: false)
        try settings.finish()
        guard url.hasPrefix("https://") else { throw settings.error("`url` must be https", about: "url") }
        if isFast, url.hasSuffix("slow") { throw settings.error("`mode` does not go with this address") }
    }

    private func problems(_ settings: JSONValue, credential: SecretText? = SecretText("x")) throws -> [String] {
        let slug = try #require(Slug("corp"))
        let configuration = ConnectorConfiguration(
            target: slug, settings: settings, credential: credential, baseDirectory: "/", organization: slug,
            clock: { Instant(milliseconds: 0) })
        return schema.problems(in: configuration).map { "\($0.kind) \($0.setting ?? "-")" }
    }

    @Test func whatIsRightHasNoProblems() throws {
        #expect(try problems(["url": "https://a.example", "size": 3, "mode": true]).isEmpty)
    }

    @Test func everythingThatIsWrongIsFoundInOneGo() throws {
        let found = try problems(["url": "ftp://a", "size": 9, "mode": "quick", "modes": 1, "x": 2], credential: nil)
        #expect(found == ["unknown modes", "unknown x", "credential -", "wrong size", "wrong mode", "wrong url"])
    }

    @Test func aMisspeltOneIsNotMissingToo() throws {
        #expect(try problems(["ulr": "https://a.example"]) == ["unknown ulr"])
        #expect(try problems(["size": 3]) == ["missing url"])
        #expect(try problems(nil) == ["missing url"])
    }

    @Test func whatDoesNotGoTogetherIsSaidOnce() throws {
        #expect(try problems(["url": "https://slow", "mode": true]) == ["wrong -"])
    }
}
