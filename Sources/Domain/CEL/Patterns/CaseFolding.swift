/// Which code points differ by case alone, after Unicode's simple case folding.
enum CaseFolding {
    /// `set` with every code point that differs from one of it by case alone.
    static func closure(of set: CharacterRanges) -> CharacterRanges {
        if let end = set.ranges.last?.high, end < 0x80 { return asciiClosure(of: set) }
        if let point = set.single {
            return CharacterRanges((orbits[point] ?? []).map { CharacterRanges.Range($0) } + set.ranges)
        }
        var added = set.ranges
        for (point, others) in orbits where set.contains(point) {
            added += others.map { CharacterRanges.Range($0) }
        }
        return CharacterRanges(added)
    }

    /// Most patterns hold ASCII alone; the table over all of Unicode is not built for them.
    private static func asciiClosure(of set: CharacterRanges) -> CharacterRanges {
        var added = set.ranges
        for upper in UInt32(0x41)...0x5A {
            let lower = upper + 0x20
            guard set.contains(upper) || set.contains(lower) else { continue }
            added += [CharacterRanges.Range(upper), CharacterRanges.Range(lower)]
            // The signs KELVIN and LONG S fold to k and s.
            if upper == 0x4B { added.append(CharacterRanges.Range(0x212A)) }
            if upper == 0x53 { added.append(CharacterRanges.Range(0x17F)) }
        }
        return CharacterRanges(added)
    }

    /// Each code point that has cases, with the others of its kind.
    private static let orbits: [UInt32: [UInt32]] = {
        var kinds: [UInt32: UInt32] = [:]
        func kind(_ point: UInt32) -> UInt32 {
            var found = point
            while let parent = kinds[found], parent != found { found = parent }
            return found
        }
        for point in [0x41...0x2FFF, 0xA640...0xABFF, 0xFB00...0xFFFF, 0x10400...0x1EFFF].joined() {
            guard let scalar = Unicode.Scalar(UInt32(point)), scalar.properties.changesWhenCaseMapped else { continue }
            for mapped in simpleMappings(of: scalar) {
                let roots = [kind(scalar.value), kind(mapped)].sorted()
                kinds[roots[1]] = roots[0]
                kinds[roots[0]] = roots[0]
            }
        }
        var members: [UInt32: [UInt32]] = [:]
        for point in kinds.keys { members[kind(point), default: []].append(point) }
        var orbits: [UInt32: [UInt32]] = [:]
        for points in members.values {
            for point in points { orbits[point] = points.filter { $0 != point } }
        }
        return orbits
    }()

    private static func simpleMappings(of scalar: Unicode.Scalar) -> [UInt32] {
        // The Turkish letters İ and ı have no partner outside of Turkish.
        guard scalar.value != 0x130, scalar.value != 0x131 else { return [] }
        let properties = scalar.properties
        return [properties.lowercaseMapping, properties.uppercaseMapping, properties.titlecaseMapping].compactMap {
            let scalars = $0.unicodeScalars
            guard scalars.count == 1, let first = scalars.first, first != scalar else { return nil }
            return first.value
        }
    }
}
