import { Cached, configureCache, InvalidatesCache, MemoryStore } from 'freshkeep';

const cache = configureCache({ store: new MemoryStore() });

interface Book {
  readonly title: string;
  readonly authors: readonly string[];
}

const BOOKS: readonly Book[] = [
  { title: 'Emma', authors: ['austen'] },
  { title: 'Persuasion', authors: ['austen'] },
  { title: 'Good Omens', authors: ['gaiman', 'pratchett'] },
];

class Books {
  // Only the value tells its authors.
  @Cached({
    key: 'book:{0}',
    ttl: '1h',
    tags: { fromArgs: ['catalogue'], fromValue: (book: Book) => book.authors.map((author) => `author:${author}`) },
  })
  async find(title: string): Promise<Book> {
    console.log(`  load ${title}`);
    return BOOKS.find((book) => book.title === title)!;
  }

  // Here the argument does.
  @Cached({ key: 'books-by:{0}', ttl: '1h', tags: (author: string) => ['catalogue', `author:${author}`] })
  async by(author: string): Promise<readonly Book[]> {
    console.log(`  load the books by ${author}`);
    return BOOKS.filter(({ authors }) => authors.includes(author));
  }

  // It need not know which entries there are, nor how many.
  @InvalidatesCache({ tags: (author: string) => [`author:${author}`] })
  async correctSpelling(author: string): Promise<void> {
    console.log(`  correct ${author}`);
  }
}

const books = new Books();
const readAll = async () => {
  for (const { title } of BOOKS) await books.find(title);
  await books.by('austen');
};

console.log('Four entries:');
await readAll();
console.log('\nAll of them are hits now:');
await readAll();

console.log('\nEverything about one author is invalidated in one step:');
await books.correctSpelling('austen');
await readAll();

console.log('\nBy hand, everything that has the tag "catalogue":');
console.log(await cache.invalidateTags('catalogue'));
await readAll();

await cache.close();
