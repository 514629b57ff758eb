/// First in, first out, in amortised constant time.
struct WaitingLine<Element> {
    /// What was taken out leaves a hole, so that nothing moves.
    private var elements: [Element?] = []
    private var head = 0
    private(set) var count = 0

    var isEmpty: Bool { count == 0 }

    mutating func append(_ element: Element) {
        elements.append(element)
        count += 1
    }

    mutating func removeFirst() -> Element? {
        guard count > 0, let index = elements.indices.dropFirst(head).first(where: { elements[$0] != nil }) else {
            return nil
        }
        let element = elements[index]
        elements[index] = nil
        head = index + 1
        count -= 1
        if count == 0 {
            elements.removeAll()
            head = 0
        }
        return element
    }

    mutating func remove(where matches: (Element) -> Bool) -> Element? {
        guard let index = elements.indices.dropFirst(head).first(where: { elements[$0].map(matches) ?? false }) else {
            return nil
        }
        defer { elements[index] = nil }
        count -= 1
        return elements[index]
    }
}
