/// One element of an answer in XML: its children, and the text of one that has none.
struct XMLElement: Hashable, Sendable {
    let name: String
    var children: [XMLElement] = []
    var text = ""

    /// The first child of that name.
    subscript(name: String) -> XMLElement? { children.first { $0.name == name } }

    /// The text of the element at the end of a path of names.
    func text(_ path: String...) -> String? {
        var element: XMLElement? = self
        for name in path { element = element?[name] }
        return element?.text
    }

    /// The elements of a list, each in a `member`; nil where there is no such list.
    func members(_ name: String) -> [XMLElement]? { self[name]?.children.filter { $0.name == "member" } }
}
