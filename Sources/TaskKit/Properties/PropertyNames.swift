import Synchronization

/// What each type declares, found once by reflection and kept.
public enum PropertyNames {
    private static let known = Mutex<[ObjectIdentifier: [PropertyAbout]]>([:])

    /// The declared properties of a type, in order.
    public static func of(_ type: any PropertyHolder.Type) -> [PropertyAbout] {
        let key = ObjectIdentifier(type)
        if let abouts = known.withLock({ $0[key] }) { return abouts }
        let abouts = PropertyReader.describe(type)
        known.withLock { $0[key] = abouts }
        return abouts
    }
}
