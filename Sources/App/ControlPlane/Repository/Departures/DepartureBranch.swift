import AccessModel
import Crypto
import Forges

/// The name of a branch that takes people out of the files. It says who, upon which commit, and which entries: the same
/// proposal finds its branch again, and what a branch proposes can be told from its name.
struct DepartureBranch: Hashable {
    let name: String

    init(_ departures: [DepartureList.Departure], onto base: String) {
        let first = departures.first?.person.text ?? "nobody"
        let movers = departures.count(where: \.isMove)
        let kind = movers == 0 ? "leaver" : movers == departures.count ? "mover" : "departure"
        let people = departures.count == 1 ? "\(kind)-\(first)" : "\(kind)s-\(first)-and-\(departures.count - 1)"
        let end = "\(base.prefix(10))-\(Self.digest(departures))"
        let name = "tenure/\(people)-\(end)"
        // An id may hold what a branch's name may not.
        self.name = ForgePlace.isBranch(name) ? name : "tenure/\(kind)-\(end)"
    }

    /// Whether the branch of a name takes out the entries of these departures and no others.
    static func proposes(_ departures: [DepartureList.Departure], in name: String) -> Bool {
        name.hasSuffix("-" + digest(departures))
    }

    /// Of whose entries stand in which files, wherever in them.
    private static func digest(_ departures: [DepartureList.Departure]) -> String {
        let entries = departures.flatMap { departure in
            departure.entries.map { "\(departure.person)\n\($0.file)\n\($0.email)\n" }
        }
        let hash = SHA256.hash(data: Array(entries.sorted().joined().utf8))
        return hash.prefix(5).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }
}
