import TestSupport
import Testing

@testable import SignIn

@Suite("Base64url, strictly")
struct Base64URLTests {
    @Test("bytes come back as they were") func roundTrip() {
        var generator = SeededGenerator(seed: 7)
        for length in 0..<70 {
            let bytes = (0..<length).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
            let text = Base64URL.encode(bytes)
            #expect(text == TestToken.encode(bytes))
            #expect(Base64URL.decode(text) == bytes)
        }
    }

    @Test(
        "no two texts mean the same bytes",
        arguments: [
            "Zg==", "Zg=", "Zm8=", "Zh", "Zm9", "Z", "Zm9vY", "Zm 9v", "Zm9v\n", " Zm9v", "Zm9v\u{0}", "Zm+v", "Zm/v",
            "Zm9v.", "Zé9v",
        ]) func refused(_ text: String)
    { #expect(Base64URL.decode(text) == nil) }

    @Test("the last character's unused bits are zero") func canonical() {
        #expect(Base64URL.decode("Zg") == Array("f".utf8))
        #expect(Base64URL.decode("Zm8") == Array("fo".utf8))
        #expect(Base64URL.decode("") == [])
        for other in ["Zh", "Zi", "Zv", "Zm9", "Zm-", "Zm_"] { #expect(Base64URL.decode(other) == nil) }
    }
}
