/* What was read and may be wanted again, bounded: what was not asked for longest goes first. */
#ifndef INDEX_KEPT_HH
#define INDEX_KEPT_HH

#include <cstddef>
#include <list>
#include <unordered_map>
#include <utility>

/* Threads: one at a time. What find() and add() return stays where it is until make_room() or clear(). */
template <typename Key, typename Value> class spi_kept
{
  public:
	explicit spi_kept(size_t most_bytes) : most(most_bytes)
	{
	}
	/* NULL when it is not there. */
	Value *find(const Key &key)
	{
		auto found = places.find(key);
		if (found == places.end())
			return nullptr;
		items.splice(items.begin(), items, found->second);
		return &found->second->value;
	}
	/* What is not there yet. its_bytes: what the value takes beside itself. */
	Value &add(const Key &key, Value &&value, size_t its_bytes)
	{
		items.push_front({key, std::move(value), its_bytes + sizeof(item) + sizeof(Key)});
		bytes += items.front().bytes; /* first: make_room() takes it away again, whether it gets a place or memory is out */
		places.emplace(key, items.begin());
		return items.front().value;
	}
	/* Before what is used together: afterwards there may be more than the bound, until the next call. */
	void make_room()
	{
		while (bytes > most) {
			bytes -= items.back().bytes;
			places.erase(items.back().key);
			items.pop_back();
		}
	}
	void clear()
	{
		places.clear();
		items.clear();
		bytes = 0;
	}

  private:
	struct item {
		Key key;
		Value value;
		size_t bytes;
	};
	std::list<item> items; /* asked for last comes first */
	std::unordered_map<Key, typename std::list<item>::iterator> places;
	size_t most, bytes = 0;
};

#endif
