//! The small model between the JSON schemas and the emitters.

/// All types, each list in an order where a type comes after those it uses.
#[derive(Debug)]
pub struct Model {
    /// What a caller may write, from the roots `ChatRequest`, `EmbeddingsRequest`, … and `ServiceRequest`.
    pub requests: Vec<Declaration>,
    /// What a caller reads.
    pub replies: Vec<Declaration>,
    /// The fields of an error.
    pub error: Declaration,
    /// How a call is sent: fields beside the request's own.
    pub options: Vec<Field>,
    /// What a test tells a mock, from the root `MockOptions`.
    pub scripts: Vec<Declaration>,
    /// What a mock tells a test.
    pub records: Vec<Declaration>,
}

#[derive(Clone, Debug)]
pub struct Declaration {
    pub name: String,
    pub doc: String,
    pub shape: Shape,
}

#[derive(Clone, Debug)]
pub enum Shape {
    Object {
        fields: Vec<Field>,
        open: bool,
        /// Whether it holds bytes beside its fields.
        content: bool,
    },
    /// One of these texts.
    Enum(Vec<String>),
    /// One of these texts, or one not known yet.
    OpenEnum(Vec<String>),
    /// Objects told apart by the text of the field `tag`.
    Union {
        tag: String,
        variants: Vec<Variant>,
        open: bool,
    },
    Alias(Type),
}

#[derive(Clone, Debug)]
pub struct Variant {
    /// The name of the variant with its tag.
    pub name: String,
    pub value: String,
    pub doc: String,
    pub fields: Vec<Field>,
}

#[derive(Clone, Debug)]
pub struct Field {
    pub name: String,
    pub ty: Type,
    pub doc: String,
    /// Must be given in a request.
    pub required: bool,
    /// Always there in a reply.
    pub present: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Type {
    Any,
    String,
    Integer,
    Number,
    Boolean,
    /// Names to values of one type.
    Map(Box<Type>),
    List(Box<Type>),
    Nullable(Box<Type>),
    OneOf(Vec<Type>),
    Texts(Vec<String>),
    Ref(String),
    /// A file that a caller hands over: each language has forms of its own.
    Upload,
}

impl Type {
    /// The type without `null`.
    #[must_use]
    pub fn inner(&self) -> &Self {
        match self {
            Self::Nullable(inner) => inner.inner(),
            other => other,
        }
    }

    #[must_use]
    pub fn is_nullable(&self) -> bool {
        matches!(self, Self::Nullable(_) | Self::Any)
    }

    fn references(&self, names: &mut Vec<String>) {
        match self {
            Self::Ref(name) => names.push(name.clone()),
            Self::List(inner) | Self::Nullable(inner) | Self::Map(inner) => inner.references(names),
            Self::OneOf(types) => types.iter().for_each(|inner| inner.references(names)),
            _ => {}
        }
    }
}

impl Declaration {
    /// The types this one names.
    #[must_use]
    pub fn references(&self) -> Vec<String> {
        let mut names = Vec::new();
        match &self.shape {
            Shape::Object { fields, .. } => fields.iter().for_each(|field| field.ty.references(&mut names)),
            Shape::Union { variants, .. } => variants
                .iter()
                .flat_map(|variant| &variant.fields)
                .for_each(|field| field.ty.references(&mut names)),
            Shape::Alias(ty) => ty.references(&mut names),
            Shape::Enum(_) | Shape::OpenEnum(_) => {}
        }
        names
    }
}
