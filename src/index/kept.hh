/* What was read and may be wanted again, bounded: two halves, of which the older is dropped when the newer is full; what is asked for
   moves into the newer one. So what is wanted often stays, however much else goes by. */
#ifndef INDEX_KEPT_HH
#define INDEX_KEPT_HH

#include <cstddef>
#include <unordered_map>
#include <utility>

/* Threads: one at a time. What find() and add() return stays where it is until make_room() or clear(). */
template <typename Key, typename Value> class spi_kept
{
  public:
	explicit spi_kept(size_t most_bytes) : half(most_bytes / 2)
	{
	}
	/* NULL when it is not there. */
	Value *find(const Key &key)
	{
		auto found = young.find(key);
		if (found != young.end())
			return &found->second.value;
		auto node = old.extract(key);
		if (!node)
			return nullptr;
		bytes += node.mapped().bytes;
		return &young.insert(std::move(node)).position->second.value;
	}
	/* bytes: what the value takes beside itself. */
	Value &add(const Key &key, Value &&value, size_t its_bytes)
	{
		const size_t all = its_bytes + sizeof(item) + sizeof(Key);
		item &added = young.insert_or_assign(key, item{std::move(value), all}).first->second;
		bytes += all;
		return added.value;
	}
	/* Before what is used together: afterwards there may be more than the bound, until the next call. */
	void make_room()
	{
		if (bytes <= half)
			return;
		old.swap(young);
		young.clear();
		bytes = 0;
	}
	void clear()
	{
		young.clear();
		old.clear();
		bytes = 0;
	}

  private:
	struct item {
		Value value;
		size_t bytes;
	};
	std::unordered_map<Key, item> young, old;
	size_t half, bytes = 0; /* bytes: of the young */
};

#endif
