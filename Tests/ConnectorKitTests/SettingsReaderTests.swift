import AccessModel
import ConnectorKit
import StrictJSON
import Testing

@Suite struct SettingsReaderTests {
    private enum Flavour: String, CaseIterable { case openldap, active }

    private func reader(_ settings: JSONValue) throws -> SettingsReader {
        let slug = try #require(Slug("corp"))
        return try SettingsReader(
            ConnectorConfiguration(
                target: slug, settings: settings, credential: nil, baseDirectory: "/", organization: slug,
                clock: { Instant(milliseconds: 0) }))
    }

    @Test func readsEveryType() throws {
        var settings = try reader([
            "text": "a", "number": 3, "flag": true, "span": "5m", "list": ["a", "b"], "choice": "active", "none": nil,
        ])
        #expect(try settings.string("text") == "a")
        #expect(try settings.integer("number", in: 1...5, default: 1) == 3)
        #expect(try settings.bool("flag", default: false))
        #expect(try settings.span("span", default: .zero) == .minutes(5))
        #expect(try settings.strings("list") == ["a", "b"])
        #expect(try settings.choice("choice", default: Flavour.openldap) == .active)
        #expect(try settings.optionalString("none") == nil)
        try settings.finish()
    }

    @Test func anEmptyOneHasItsDefaults() throws {
        var settings = try reader(nil)
        #expect(try settings.integer("number", in: 1...5, default: 4) == 4)
        try settings.finish()
    }

    @Test func messagesSayWhatWouldBeRight() throws {
        var settings = try reader(["number": "3", "text": 1, "list": ["a", 1], "choice": "novell", "big": 9])
        #expect(
            message { _ = try settings.integer("number", in: 1...5, default: 1) }.contains("must be a whole number"))
        #expect(message { _ = try settings.integer("big", in: 1...5, default: 1) }.contains("must be from 1 to 5"))
        #expect(message { _ = try settings.string("text") }.contains("is a number; it must be text"))
        #expect(message { _ = try settings.string("absent") }.contains("`absent` is missing"))
        #expect(message { _ = try settings.strings("list") }.contains("a list of texts"))
        #expect(
            message { _ = try settings.choice("choice", default: Flavour.active) }.contains("`openldap`, `active`"))
    }

    @Test func whatNobodyAskedForIsRefused() throws {
        var settings = try reader(["base_dm": "x"])
        _ = try settings.optionalString("base_dn")
        #expect(message { try settings.finish() } == "the setting `base_dm` is not known; did you mean `base_dn`?")
    }

    private func message(_ body: () throws -> Void) -> String {
        do {
            try body()
            return "nothing was refused"
        } catch let error as ConnectorError {
            return error.code == .configuration ? error.message : "\(error)"
        } catch {
            return "\(error)"
        }
    }
}
