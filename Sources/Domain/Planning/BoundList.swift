import AccessModel
import Definitions

/// The bindings of one list: addresses, and beside each whom it meant.
struct BoundList: Sendable {
    let tenant: Slug
    /// `admins`, `contributors`, `readers`; for a core group its slug.
    let name: String
    private(set) var addresses: [String] = []
    private(set) var bindings: [RecordedState.Binding] = []
    /// Numbers of both, by address.
    private var byAddress = NumberTable(capacity: 8)

    init(tenant: Slug, name: String) {
        self.tenant = tenant
        self.name = name
    }

    var count: Int { addresses.count }
    var indices: Range<Int> { addresses.indices }

    func key(at number: Int) -> RecordedState.EntryKey {
        RecordedState.EntryKey(tenant: tenant, list: name, address: addresses[number])
    }

    /// By a folded address.
    subscript(address: String) -> RecordedState.Binding? { number(of: address).map { bindings[$0] } }

    private func number(of address: String) -> Int? {
        byAddress.first(hash: address.hashValue) { addresses[Int($0)] == address }.map(Int.init)
    }

    mutating func set(_ binding: RecordedState.Binding?, for address: String) {
        switch (number(of: address), binding) {
        case (let number?, let binding?):
            bindings[number] = binding
        case (let number?, nil):
            addresses.remove(at: number)
            bindings.remove(at: number)
            renumber(capacity: count)
        case (nil, let binding?):
            makeRoom()
            addresses.append(address)
            bindings.append(binding)
            if count > byAddress.capacity { renumber(capacity: count + count / 2) } else { insert(count - 1) }
        case (nil, nil):
            break
        }
    }

    /// A quarter more, where an array by itself would take twice what it has: there are as many as the files list names.
    private mutating func makeRoom() {
        guard count == min(addresses.capacity, bindings.capacity) else { return }
        addresses.reserveCapacity(count + count / 4 + 4)
        bindings.reserveCapacity(count + count / 4 + 4)
    }

    private mutating func renumber(capacity: Int) {
        byAddress = NumberTable(capacity: capacity)
        for number in indices { insert(number) }
    }

    private mutating func insert(_ number: Int) {
        byAddress.insert(UInt32(number), hash: addresses[number].hashValue)
    }
}
