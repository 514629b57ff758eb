import AccessModel
import Definitions
import Foundation
import Planning

/// A made-up organisation: one tenant a hundred identities, 2.4 memberships an identity, as many as its files list.
///
/// Equal sizes and seeds give equal bytes on every machine. The values are read from the files, so that places, order
/// and everything else are what the program would see.
struct Enterprise: Sendable {
    let size: Int
    let seed: UInt64

    /// Names that a tenant lists: 4 admins, 76 contributors, 160 readers.
    static let membersPerTenant = 240
    static let domain = "mountainlab.io"
    static let target = Slug("corp")
    static let now = Instant(milliseconds: 1_795_262_400_000)
    static let directory = TargetAbilities(
        kinds: [.account, .group, .membership], holdsWorkloadMembers: true, holdsEmptyGroups: true,
        maximumGroupNameLength: 64)

    init(size: Int, seed: UInt64 = 1) {
        self.size = size
        self.seed = seed
    }

    var tenantCount: Int { max(1, size / 100) }
    /// The names listed in the files, before tiers and targets multiply them.
    var membershipCount: Int { tenantCount * Self.membersPerTenant }

    func person(_ number: Int) -> String { "e-" + Self.padded(number, 7) }

    /// `ana.moreno.0000042@mountainlab.io`.
    func address(_ number: Int) -> String {
        let given = Self.givenNames[number % Self.givenNames.count].lowercased()
        let family = Self.familyNames[number / 7 % Self.familyNames.count].lowercased()
        return "\(given).\(family).\(Self.padded(number, 7))@\(Self.domain)"
    }

    func tenantName(_ number: Int) -> String { "tenant-" + Self.padded(number, 5) }

    /// Whom a tenant lists, each once: its own hundred people and others from everywhere.
    func members(of tenant: Int) -> [Int] {
        var random = SplitMix(seed: seed &* 1_000_003 &+ UInt64(tenant))
        var seen = Set<Int>()
        var members: [Int] = []
        while members.count < min(Self.membersPerTenant, size) {
            let isOwn = members.count < 100
            let number = isOwn ? (tenant * 100 + members.count) % size : random.below(size)
            if seen.insert(number).inserted { members.append(number) }
        }
        random.shuffle(&members)
        return members
    }

    static let givenNames = ["Ana", "Javi", "Marta", "Pedro", "Lucia", "Omar", "Ines", "Diego", "Noor", "Hugo", "Vera"]
    static let familyNames = ["Moreno", "Ruiz", "Alonso", "Castillo", "Vidal", "Herrero", "Molina", "Ortega", "Prieto"]
    static let departments = ["Engineering", "Data", "Finance", "Operations", "Sales"]

    static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
}

/// The same numbers for the same seed on every machine.
struct SplitMix: Sendable {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }

    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }

    mutating func shuffle<Element>(_ elements: inout [Element]) {
        for last in stride(from: elements.count - 1, to: 0, by: -1) { elements.swapAt(last, below(last + 1)) }
    }
}
