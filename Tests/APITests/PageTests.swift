import Testing

@testable import API

@Suite struct PageTests {
    @Test func aCursorIsReadBackAsItWasWritten() {
        for key in ["a", "win-12345", "payments/live/contributor", "ü \u{1F600}"] {
            #expect(Page.decode(Page.encode(key)) == key)
        }
    }

    @Test(arguments: ["", "c", "c1", "cZZ", "61", "cff", "c6 "])
    func whatIsNoCursorIsRefused(_ text: String) {
        #expect(Page.decode(text) == nil)
    }
}
