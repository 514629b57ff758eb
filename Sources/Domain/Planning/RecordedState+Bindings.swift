import AccessModel
import Definitions

extension RecordedState {
    /// Whom entries meant when they were first applied: a dictionary that keeps a list's bindings together, so that the
    /// tenant and the list are written down once, and whoever reads a list finds them side by side.
    public struct Bindings: Sendable {
        public typealias Element = Dictionary<EntryKey, Binding>.Element

        private(set) var lists: [BoundList] = []
        private var numbers: [ListKey: Int] = [:]
        public private(set) var count = 0

        private struct ListKey: Hashable {
            let tenant: Slug
            let name: String
        }

        public init() {}

        public init(_ bindings: [EntryKey: Binding]) { merge(bindings) { first, _ in first } }

        public var isEmpty: Bool { count == 0 }

        /// Setting nil costs by the list's length.
        public subscript(key: EntryKey) -> Binding? {
            get { list(key.list, of: key.tenant)[key.address] }
            set { set(newValue, for: key) }
        }

        /// What was applied of one list; empty where nothing was.
        func list(_ name: String, of tenant: Slug) -> BoundList {
            numbers[ListKey(tenant: tenant, name: name)].map { lists[$0] } ?? BoundList(tenant: tenant, name: name)
        }

        private mutating func set(_ binding: Binding?, for key: EntryKey) {
            let listKey = ListKey(tenant: key.tenant, name: key.list)
            let number: Int
            if let known = numbers[listKey] {
                number = known
            } else {
                guard binding != nil else { return }
                number = lists.count
                numbers[listKey] = number
                lists.append(BoundList(tenant: key.tenant, name: key.list))
            }
            let before = lists[number].count
            lists[number].set(binding, for: key.address)
            count += lists[number].count - before
        }

        public mutating func merge(
            _ others: some Sequence<Element>, uniquingKeysWith choose: (Binding, Binding) -> Binding
        ) {
            for (key, binding) in others { self[key] = self[key].map { choose($0, binding) } ?? binding }
        }

        public func filter(_ isIncluded: (Element) throws -> Bool) rethrows -> Bindings {
            var kept = Bindings()
            for element in self where try isIncluded(element) { kept[element.key] = element.value }
            return kept
        }
    }
}

extension RecordedState.Bindings: Sequence {
    public func makeIterator() -> some IteratorProtocol<Element> {
        lists.lazy.flatMap { list in list.indices.lazy.map { (key: list.key(at: $0), value: list.bindings[$0]) } }
            .makeIterator()
    }
}

extension RecordedState.Bindings: Equatable {
    /// Equal keys with equal bindings, in whatever order they came.
    public static func == (left: Self, right: Self) -> Bool {
        left.count == right.count && left.allSatisfy { right[$0.key] == $0.value }
    }
}

extension RecordedState.Bindings: ExpressibleByDictionaryLiteral {
    public init(dictionaryLiteral elements: (RecordedState.EntryKey, RecordedState.Binding)...) {
        self.init(Dictionary(elements) { _, last in last })
    }
}
