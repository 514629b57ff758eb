import Foundation
import Testing

@Suite struct HouseTests {
    @Test func importsPointOnlyUpward() throws {
        let order = House.rooms.map(\.module)
        for (place, room) in House.rooms.enumerated() {
            let above = Set(order[..<place]).subtracting(room.strangers)
            let files = try SourceFile.all(under: "Sources/" + room.path)
            #expect(!files.isEmpty, "nothing under \(room.path)")
            for file in files {
                for module in file.imports where !above.contains(module) && !room.outside.contains(module) {
                    Issue.record("\(file.path) imports `\(module)`, which \(room.module) may not see")
                }
            }
        }
    }

    @Test func everySourceFileStandsInARoom() throws {
        let roots = House.rooms.map { "Sources/\($0.path)/" }
        for file in try SourceFile.all(under: "Sources") {
            #expect(roots.contains { file.path.hasPrefix($0) }, "\(file.path) belongs to no room of the house")
        }
    }

    @Test func theDomainHasNoClockNoFilesAndNoNetwork() throws {
        let words = ["Date()", "FileManager", "ProcessInfo", "URLSession", "Task {", ".random(", "await ", "Thread"]
        for file in try SourceFile.all(under: "Sources/Domain") {
            for (number, line) in file.lines.enumerated() where !line.contains("//") {
                for word in words where line.contains(word) {
                    Issue.record("\(file.path):\(number + 1) uses `\(word)` inside of the pure core")
                }
            }
        }
    }

    @Test func aFileHasOneSubjectAndAFolderAFewFiles() throws {
        let files = try SourceFile.all(under: "Sources")
        for file in files {
            #expect(file.lines.count <= 401, "\(file.path) has \(file.lines.count) lines; 400 at most")
        }
        for (folder, members) in Dictionary(grouping: files, by: \.folder) {
            #expect(members.count <= 20, "\(folder) holds \(members.count) files; 20 at most")
        }
        let lengths = files.map(\.lines.count).sorted()
        #expect(lengths[lengths.count * 95 / 100] <= 400)
        #expect(lengths[lengths.count / 2] <= 150, "median file: \(lengths[lengths.count / 2]) lines")
    }

    @Test func aFunctionHasOneLevel() throws {
        let functions = try SourceFile.all(under: "Sources").flatMap(\.functions)
        #expect(functions.count > 100)
        for function in functions {
            #expect(function.length <= 70, "\(function.place) is \(function.length) lines long; 70 at most")
        }
        let lengths = functions.map(\.length).sorted()
        #expect(lengths[lengths.count / 2] <= 12, "median function: \(lengths[lengths.count / 2]) lines")
        #expect(lengths[lengths.count * 95 / 100] <= 40, "p95 function: \(lengths[lengths.count * 95 / 100]) lines")
    }

    @Test func aFileIsNamedAfterWhatItDeclares() throws {
        for file in try SourceFile.all(under: "Sources") where file.name != "main.swift" {
            let type = String(file.name.dropLast(".swift".count).prefix { $0 != "+" }.prefix { $0 != "_" })
            let text = file.lines.joined(separator: "\n")
            let declares = text.contains(
                try Regex("(struct|enum|class|actor|protocol|extension|typealias) (\\w+\\.)*\(type)\\b"))
            #expect(declares, "\(file.path) neither declares nor extends `\(type)`")
        }
    }

    @Test func noTypeBearsItsModulesName() throws {
        for room in House.rooms {
            for file in try SourceFile.all(under: "Sources/" + room.path) {
                for line in file.lines {
                    let bears = line.contains(try Regex("\\b(struct|enum|class|actor|protocol) \(room.module)\\b"))
                    #expect(!bears, "\(file.path): a type bears the name of its module")
                }
            }
        }
    }

    @Test func nothingCrashesTheProcessOrHidesAnError() throws {
        let forbidden = [
            "try!", "as!", "fatalError(", "[String: Any]", "@unchecked Sendable", "nonisolated(unsafe)", "TODO",
            "FIXME",
        ]
        let names = try Regex("\\b(struct|enum|class|actor|protocol) \\w*(Manager|Helper|Utils)\\b")
        for file in try SourceFile.all(under: "Sources") {
            for (number, line) in file.lines.enumerated() {
                for word in forbidden where line.contains(word) {
                    Issue.record("\(file.path):\(number + 1) contains `\(word)`")
                }
                #expect(!line.contains(names), "\(file.path):\(number + 1): name it for what it does")
            }
        }
    }
}
