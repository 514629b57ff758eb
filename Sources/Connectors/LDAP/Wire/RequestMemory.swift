import CLDAP

/// C memory that lives as long as one request, and is wiped when it goes, for a password may have been in it.
final class RequestMemory {
    private var blocks: [UnsafeMutableRawBufferPointer] = []

    deinit {
        for block in blocks {
            block.initializeMemory(as: UInt8.self, repeating: 0)
            block.deallocate()
        }
    }

    /// The bytes, and a NUL after them.
    func bytes(_ bytes: some Collection<UInt8>) -> UnsafeMutablePointer<CChar> {
        let block = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count + 1, alignment: 1)
        block.copyBytes(from: bytes)
        block[bytes.count] = 0
        blocks.append(block)
        return block.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: CChar.self)
    }

    func string(_ text: String) -> UnsafeMutablePointer<CChar> { bytes(text.utf8) }

    /// The elements, which are of a C type.
    func array<Element>(_ elements: [Element]) -> UnsafeMutablePointer<Element> {
        let size = MemoryLayout<Element>.stride * max(elements.count, 1)
        let block = UnsafeMutableRawBufferPointer.allocate(
            byteCount: size, alignment: MemoryLayout<Element>.alignment)
        blocks.append(block)
        let start = block.baseAddress.unsafelyUnwrapped.bindMemory(to: Element.self, capacity: max(elements.count, 1))
        for (index, element) in elements.enumerated() { (start + index).initialize(to: element) }
        return start
    }

    /// Strings with a null pointer after them.
    func strings(_ texts: [String]) -> UnsafeMutablePointer<UnsafeMutablePointer<CChar>?> {
        array(texts.map { Optional(string($0)) } + [nil])
    }

    func value(_ bytes: [UInt8]) -> berval { berval(bv_len: ber_len_t(bytes.count), bv_val: self.bytes(bytes)) }

    /// A request's list of modifications, with a null pointer after them.
    func modifications(_ modifications: [Modification]) -> UnsafeMutablePointer<UnsafeMutablePointer<LDAPMod>?> {
        array(
            modifications.map { modification in
                var raw = LDAPMod()
                raw.mod_op = modification.kind.rawValue | LDAP_MOD_BVALUES
                raw.mod_type = string(modification.attribute)
                let values = modification.values.map { Optional(array([value($0)])) }
                raw.mod_vals.modv_bvals = values.isEmpty ? nil : array(values + [nil])
                return Optional(array([raw]))
            } + [nil])
    }
}
