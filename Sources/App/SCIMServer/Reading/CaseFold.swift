import Foundation

/// How texts are compared where case does not tell them apart: compatibility forms are composed (NFKC) and then lowered,
/// so that `ᴮᴵᴳᴮᴵᴿᴰ` and `bigbird` are one name.
enum CaseFold {
    static func key(of text: String) -> String {
        let isASCII = text.utf8.allSatisfy { $0 < 0x80 }
        if isASCII { return text.lowercased() }
        // Twice: what lowering makes may be composed anew.
        let lowered = text.precomposedStringWithCompatibilityMapping.lowercased()
        return lowered.precomposedStringWithCompatibilityMapping
    }

    /// Whether folding the folded text changes it again: such a text would be one name today and another tomorrow.
    static func isStable(_ key: String) -> Bool { CaseFold.key(of: key).utf8.elementsEqual(key.utf8) }
}
