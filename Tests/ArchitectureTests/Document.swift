import Foundation

/// A page of the documentation, and what it names that has to be there.
struct Document {
    /// Relative to the package.
    let path: String
    let text: String

    /// Every page that a reader is sent to.
    static func all() throws -> [Document] {
        var paths = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"]
        for folder in ["docs", "Examples", "Sources"] {
            let files = FileManager.default.enumerator(atPath: SourceFile.root.appending(path: folder).path)
            paths += (files?.compactMap { $0 as? String } ?? []).filter { $0.hasSuffix(".md") }.map {
                "\(folder)/\($0)"
            }
        }
        return try paths.sorted().map { path in
            let text = try String(contentsOf: SourceFile.root.appending(path: path), encoding: .utf8)
            return Document(path: path, text: text)
        }
    }

    /// Where its links lead, but for those that leave the package.
    var links: [String] {
        text.matches(of: /\]\(([^)\s]+)\)/).map { String($0.1) }.filter { !$0.contains("://") }
    }

    /// Files and folders of the package that it names, from the package's root; those with a `NAME` in them are patterns.
    var paths: [String] {
        text.matches(of: /(?:^|[\s`("])((?:Sources|Tests|Scripts|Examples|docs)\/[A-Za-z0-9_+.\/-]+)/)
            .map { String($0.1) }
            .map { path in path.hasSuffix(".") ? String(path.dropLast()) : path }
            .filter { !$0.split(separator: "/").contains("NAME") }
    }

    /// Every `tenure a b` in its code, as the words behind `tenure`.
    var commands: [[String]] {
        let lines = text.components(separatedBy: "\n")
        let spans = text.matches(of: /`tenure ([^`]+)`/).map { String($0.1) }
        let examples = lines.compactMap { line -> String? in
            line.firstMatch(of: /^(?:\s{4,}|\$ |ExecStart=\S*\/)(?:\$ )?tenure (.+)$/).map { String($0.1) }
        }
        return (spans + examples).map { span in
            let words = span.split(whereSeparator: \.isWhitespace).map(String.init)
            return words.prefix { word in word.allSatisfy { $0 == "-" || $0.isLowercase } }
                .filter { !$0.hasPrefix("-") }
        }.filter { !$0.isEmpty }
    }

    /// Where links to its headings lead.
    var anchors: Set<String> {
        Set(
            text.components(separatedBy: "\n").filter { $0.hasPrefix("#") }.map { heading in
                let title = heading.drop { $0 == "#" }.trimmingCharacters(in: .whitespaces).lowercased()
                return String(title.filter { $0.isLetter || $0.isNumber || $0 == " " || $0 == "-" })
                    .replacingOccurrences(of: " ", with: "-")
            })
    }
}
